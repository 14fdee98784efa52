// The floats of a frame as objects with the names of the game's own fields, by kind of entity.
//
//   const frame = new Frame({ Ship: (ship, isNew) => { … } });
//   const [own] = frame.steered('Ship').values(), ships = frame.others('Ship');
//   frame.read(floats);

import { fill, layout } from './layout.js';
import { Records } from './records.js';

/**
 * @template {Record<string, object>} [Kinds=Record<string, any>]  The entities of the game by the names of their kinds.
 * @template {object} [Own=Record<string, any>]  What only the player knows.
 */
export class Frame {
  /** What only the player knows. It is empty until the first frame is read.
   * @type {Own} */
  own = /** @type {any} */ ({});
  #updates;
  /** By kind: what the player steers, and everything else. */
  #steered = new Map();
  #others = new Map();

  /**
   * `updates`: functions by kind, called as `update(object, isNew)` for each object once its fields are those of the frame.
   *
   * @param {{[Kind in keyof Kinds]?: (object: Kinds[Kind], isNew: boolean) => void}} [updates]
   */
  constructor(updates = {}) {
    this.#updates = updates;
  }

  /**
   * What the player steers of a kind, by key.
   *
   * @template {keyof Kinds} Kind
   * @param {Kind} kind
   * @returns {Records<Kinds[Kind]>}
   */
  steered(kind) {
    return this.#records(this.#steered, kind);
  }

  /**
   * Everything else of a kind, by key.
   *
   * @template {keyof Kinds} Kind
   * @param {Kind} kind
   * @returns {Records<Kinds[Kind]>}
   */
  others(kind) {
    return this.#records(this.#others, kind);
  }

  /**
   * Takes in the floats of a frame; none while nothing is to be seen.
   *
   * @param {Float32Array} floats
   */
  read(floats) {
    if (floats.length === 0) {
      this.clear();
      return;
    }
    const { kinds, own } = layout;
    let count = 0, at = fill(this.own, own, floats, 2 * kinds.length);
    for (const { name, fields } of kinds) {
      at = this.steered(name).read(fields, floats, at, floats[count++]);
      at = this.others(name).read(fields, floats, at, floats[count++]);
    }
  }

  clear() {
    for (const records of this.#steered.values()) records.clear();
    for (const records of this.#others.values()) records.clear();
  }

  #records(of, kind) {
    let records = of.get(kind);
    if (!records) of.set(kind, records = new Records(this.#updates[kind]));
    return records;
  }
}

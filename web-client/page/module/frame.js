// The floats of a frame as objects, by kind of entity, with the names of the game's own fields.
//
//   const frame = new Frame({ Ship: (ship, isNew) => { … } });
//   const [own] = frame.steered('Ship').values(), ships = frame.others('Ship');
//   frame.read(floats);

import { fill, layout } from './layout.js';
import { Records } from './records.js';

/**
 * @template {Record<string, object>} [Kinds=Record<string, any>]  The entities of the game by the names of their kinds.
 * @template {object} [Own=Record<string, any>]  The player's own record.
 */
export class Frame {
  /** The player's own record. It is empty until the first frame is read.
   * @type {Own} */
  own = /** @type {any} */ ({});
  #updates;
  /** By kind: the entities that the player steers, and all others. */
  #steered = new Map();
  #others = new Map();

  /**
   * `updates` has functions by kind, called as `update(object, isNew)` for each object after its fields have been read.
   *
   * @param {{[Kind in keyof Kinds]?: (object: Kinds[Kind], isNew: boolean) => void}} [updates]
   */
  constructor(updates = {}) {
    this.#updates = updates;
  }

  /**
   * The entities of a kind that the player steers, by key.
   *
   * @template {keyof Kinds} Kind
   * @param {Kind} kind
   * @returns {Records<Kinds[Kind]>}
   */
  steered(kind) {
    return this.#records(this.#steered, kind);
  }

  /**
   * All other entities of a kind, by key.
   *
   * @template {keyof Kinds} Kind
   * @param {Kind} kind
   * @returns {Records<Kinds[Kind]>}
   */
  others(kind) {
    return this.#records(this.#others, kind);
  }

  /**
   * Reads the floats of a frame. An empty frame clears everything.
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

// Records of one kind as objects, by key, that live from frame to frame, so that drawing and sounds can compare frames.
//
// Objects are reused, so a frame makes no garbage. `seen` is the number of the last frame that had the object. An entity keeps its key for its
// whole life, and no other entity has it at the same time. The key is the entity's id, except for an entity that a player's input created.

import { fill } from './layout.js';

/**
 * The fields of every entity, at the moment of the frame. Positions are px of the world, velocities px per second.
 *
 * @typedef {object} Entity
 * @property {number} key  The same for its whole life.
 * @property {number} key_high
 * @property {number} key_low
 * @property {number} x
 * @property {number} y
 * @property {number} vx
 * @property {number} vy
 * @property {number} guessed  0 for a known state, up to 1 for one that is extrapolated as far as the client extrapolates.
 * @property {0 | 1} predicted  1 if the server has not sent it yet.
 */

/**
 * @template [T=any]
 * @extends {Map<number, T>}
 */
export class Records extends Map {
  /** Records that were not there in the frame before.
   * @type {T[]} */
  added = [];
  /** Records that were there in the frame before and are not any more.
   * @type {T[]} */
  ended = [];
  #update;
  #frame = 0;

  /** `update(object, isNew)` is called for each object after its fields have been read. */
  constructor(update = () => {}) {
    super();
    this.#update = update;
  }

  /** Reads the `count` records of a frame that begin at `at`. The first two fields of each are its key. Returns the end of the records. */
  read(fields, floats, at, count) {
    this.#frame += 1;
    this.added.length = this.ended.length = 0;
    for (let left = count; left > 0; left--) {
      const key = floats[at] * 65_536 + floats[at + 1];
      let object = this.get(key);
      const isNew = object === undefined;
      if (isNew) this.set(key, object = { key });
      at = fill(object, fields, floats, at);
      object.seen = this.#frame;
      this.#update(object, isNew);
      if (isNew) this.added.push(object);
    }
    for (const [key, object] of this) {
      if (object.seen === this.#frame) continue;
      this.ended.push(object);
      this.delete(key);
    }
    return at;
  }

  clear() {
    super.clear();
    this.added.length = this.ended.length = 0;
  }
}

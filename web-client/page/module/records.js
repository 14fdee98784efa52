// Records of one kind as objects, by key, that live from frame to frame: drawing and sounds compare them with what was.
//
// Objects are reused, so a frame makes no garbage; `seen` of the frame's number tells which are still there. A key is the same for an
// entity's whole life, and no other's at the same time; it is the entity's id unless a player brought it into being.

import { fill } from './layout.js';

/**
 * What every entity has. Places are px of the world, velocities px per second, and the moment is that of the frame.
 *
 * @typedef {object} Entity
 * @property {number} key  The same for its whole life.
 * @property {number} key_high
 * @property {number} key_low
 * @property {number} x
 * @property {number} y
 * @property {number} vx
 * @property {number} vy
 * @property {number} guessed  0 for what is known, up to 1 for what is guessed as far as guessing goes.
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

  /** `update(object, isNew)` is called for each object once its fields are those of the frame. */
  constructor(update = () => {}) {
    super();
    this.#update = update;
  }

  /** Takes in the `count` records of a frame that begin at `at`, the first two of whose fields are the key; gives where they end. */
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

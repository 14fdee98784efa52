// Records of one kind as objects, by key, that live from frame to frame: drawing and sounds compare them with what was.
//
// Objects are reused, so a frame makes no garbage; `seen` of the frame's number tells which are still there.

import { fill, layout } from './layout.js';

export class Records extends Map {
  /** Records that were not there in the frame before. */
  added = [];
  /** Records that were there in the frame before and are not any more. */
  ended = [];
  #kind;
  #keyOf;
  #update;
  #frame = 0;

  /**
   * `kind` is a record of the layout, `keyOf(floats, at, fields)` gives the key of the one that begins at `at`, and
   * `update(object, isNew)` is called for each object once its fields are those of the frame.
   */
  constructor(kind, keyOf, update = () => {}) {
    super();
    this.#kind = kind;
    this.#keyOf = keyOf;
    this.#update = update;
  }

  /** Takes in the `count` records of a frame that begin at `at`; gives where they end. */
  read(floats, at, count) {
    const fields = layout[this.#kind];
    this.#frame += 1;
    this.added.length = this.ended.length = 0;
    for (let left = count; left > 0; left--) {
      const key = this.#keyOf(floats, at, fields);
      let object = this.get(key);
      const isNew = object === undefined;
      if (isNew) this.set(key, object = {});
      at = fill(object, this.#kind, floats, at);
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

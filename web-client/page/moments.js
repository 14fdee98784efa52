// Holds events back until the picture has come to their tick: others are shown a little in the past, and what happens
// to them is to be seen when it is seen to happen.

/** Longer than any picture lags behind; then it is shown anyway. */
const HELD_MS_MAX = 500;
/** Older than this an event is news no longer: frames stood still, as those of a hidden tab do. */
const OLD_MS = 1_000;
/** More are not held: a room of a thousand makes fewer in the time that they are held. */
const HELD_MAX = 4_096;

export class Moments {
  #held = [];
  /** Where in `#held` the first one is that was not shown. */
  #next = 0;
  #show;
  #drop;

  /** `show` is called with each event when its moment has come, `drop` with one that is too old by then. */
  constructor(show, drop = () => {}) {
    this.#show = show;
    this.#drop = drop;
  }

  /** Takes in an event with a `tick`. */
  hold(event, now) {
    this.#held.push({ event, at: now });
    // Without frames nobody asks for what is held.
    while (this.size > HELD_MAX || (this.size > 0 && now - this.#held[this.#next].at > OLD_MS)) this.#drop(this.#take());
    this.#tidy();
  }

  /** Shows those whose tick is on the screen. */
  update(renderTick, now) {
    while (this.size > 0) {
      const { event, at } = this.#held[this.#next];
      if (event.tick > renderTick && now - at < HELD_MS_MAX) break;
      this.#take();
      if (now - at > OLD_MS) this.#drop(event);
      else this.#show(event);
    }
    this.#tidy();
  }

  clear() {
    this.#held.length = this.#next = 0;
  }

  get size() {
    return this.#held.length - this.#next;
  }

  #take() {
    return this.#held[this.#next++].event;
  }

  /** Forgets what was taken, all at once: taking the first of a long list costs its length. */
  #tidy() {
    if (this.#next === this.#held.length) this.clear();
    else if (this.#next > HELD_MAX) this.#held.splice(0, this.#next), this.#next = 0;
  }
}

// Holds events back until the picture has come to their tick: others are shown a little in the past, and what happens
// to them is to be seen when it is seen to happen.

/** Longer than any picture lags behind; then it is shown anyway. */
const HELD_MS_MAX = 500;

export class Moments {
  #held = [];
  #show;

  /** `show` is called with each event when its moment has come. */
  constructor(show) {
    this.#show = show;
  }

  /** Takes in an event with a `tick`. */
  hold(event, now) {
    this.#held.push({ event, until: now + HELD_MS_MAX });
  }

  /** Shows those whose tick is on the screen. */
  update(renderTick, now) {
    while (this.#held.length > 0) {
      const [{ event, until }] = this.#held;
      if (event.tick > renderTick && now < until) return;
      this.#held.shift();
      this.#show(event);
    }
  }

  clear() {
    this.#held.length = 0;
  }
}

// Holds events back until the picture reaches their tick. Other players are shown a little in the past, so their events must be shown
// as late as their movements.

/** Longest time for which an event waits: the picture never lags so far behind. Then it is shown anyway. */
const HELD_MS_MAX = 500;
/** An older event is dropped. It gets so old only without frames, as in a hidden tab. */
const OLD_MS = 1_000;
/** Bound of the events that wait. A room of a thousand players makes fewer within that time. */
const HELD_MAX = 4_096;

export class Moments {
  #held = [];
  /** Index in `#held` of the first event that was not shown. */
  #next = 0;
  #show;
  #drop;

  /** `show` is called with each event when it is due, `drop` with an event that is too old by then. */
  constructor(show, drop = () => {}) {
    this.#show = show;
    this.#drop = drop;
  }

  /** Holds an event with a `tick`. */
  hold(event, now) {
    this.#held.push({ event, at: now });
    // Without frames nobody calls `update`, so old events are dropped here.
    while (this.size > HELD_MAX || (this.size > 0 && now - this.#held[this.#next].at > OLD_MS)) this.#drop(this.#take());
    this.#tidy();
  }

  /** Shows the events whose tick is on the screen. */
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

  /** Removes taken events from the list, many at a time: removing the first of a list costs as much as the list is long. */
  #tidy() {
    if (this.#next === this.#held.length) this.clear();
    else if (this.#next > HELD_MAX) this.#held.splice(0, this.#next), this.#next = 0;
  }
}

// Shows everything about the own death in one frame: wreck, explosion, killer and feed.
//
// The own craft is shown on the player's own clock, and others a little in the past. So the event of the own death does not
// wait for the picture of the others, as other events do. It waits for the frame in which the own craft is a wreck, and the wreck
// waits for the event, because the two arrive on different channels.

/** Longest time that one of the two waits. The other may be lost or late; then the first is shown alone. */
const WAIT_MS_MAX = 300;

export class OwnDeath {
  #show;
  /** The event that waits for the wreck, and the time of its arrival. */
  #event = null;
  #eventAt = 0;
  /** Time since which the wreck waits for its event; null while the craft flies, and after the wreck was shown. */
  #wreckAt = null;
  /** True while the picture shows the own craft alive. */
  #seenAlive = false;
  #health = 100;

  /** `show` is called with the event in the frame in which the wreck is first seen. */
  constructor(show) {
    this.#show = show;
  }

  /** Holds the server's event of the own death. */
  hold(event, now) {
    if (this.#event) this.#show(this.#event);
    this.#event = event;
    this.#eventAt = now;
  }

  /** Decides how the own craft is shown in this frame. `own` is the module's record; a wreck that must wait is changed to a living craft. */
  update(own, now) {
    if (!own) return this.clear();
    if (own.alive) {
      // The craft still flies, or flies again. The event is shown when it has waited long enough.
      if (this.#event && now - this.#eventAt > WAIT_MS_MAX) this.#release();
      this.#seenAlive = true;
      this.#wreckAt = null;
      this.#health = own.health;
      return;
    }
    if (!this.#seenAlive) {
      // The wreck is shown already, so an event that arrives now is late.
      if (this.#event) this.#release();
      return;
    }
    this.#wreckAt ??= now;
    if (!this.#event && now - this.#wreckAt <= WAIT_MS_MAX) {
      own.alive = true;
      own.health = this.#health;
      return;
    }
    this.#seenAlive = false;
    this.#wreckAt = null;
    if (this.#event) this.#release();
  }

  clear() {
    this.#event = this.#wreckAt = null;
    this.#seenAlive = false;
  }

  #release() {
    const event = this.#event;
    this.#event = null;
    this.#show(event);
  }
}

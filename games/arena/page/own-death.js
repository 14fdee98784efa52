// The own death in one frame: wreck, explosion, killer and feed.
//
// The craft is shown on the player's own clock, and others a little in the past. So the event of one's own death does not
// wait for the picture of the others as other events do; it waits for the own craft to be seen destroyed, and the wreck
// waits for it, since the two come over different ways.

/** One of the two may be lost or late; then the other is shown alone. */
const WAIT_MS_MAX = 300;

export class OwnDeath {
  #show;
  /** The event that waits for the wreck, and since when. */
  #event = null;
  #eventAt = 0;
  /** Since when the wreck waits for its event; null while the craft flies, or once the wreck was shown. */
  #wreckAt = null;
  /** Whether the player sees their craft alive. */
  #seenAlive = false;
  #health = 100;

  /** `show` is called with the event in the frame in which the wreck is first seen. */
  constructor(show) {
    this.#show = show;
  }

  /** The own craft was destroyed, says the server. */
  hold(event, now) {
    if (this.#event) this.#show(this.#event);
    this.#event = event;
    this.#eventAt = now;
  }

  /** Decides what of the own craft, fresh from the module, is shown in this frame: `own` is changed where it must wait. */
  update(own, now) {
    if (!own) return this.clear();
    if (own.alive) {
      // The event of a craft that still flies, or flies again: shown when it has waited long enough.
      if (this.#event && now - this.#eventAt > WAIT_MS_MAX) this.#release();
      this.#seenAlive = true;
      this.#wreckAt = null;
      this.#health = own.health;
      return;
    }
    if (!this.#seenAlive) {
      // The wreck is shown already; an event that comes now was late.
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

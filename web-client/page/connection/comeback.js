// The data with which a player resumes its session: the newest token, the server's answer to the join, and the time until which the seat
// is kept. It is in the session storage of the tab, so that a page that is reloaded resumes the session, and a new tab starts its own.

const KEY = 'ricochet.session';

export class Comeback {
  /** `{token, id, resumeSecs, seat, wish, heardAt}`, or null; times are those of `Date.now()`. */
  #held = null;

  /** The data that the last page of this tab stored, if it was of the same game and the server may still keep the seat. */
  static remembered(game) {
    const comeback = new Comeback();
    try {
      const held = JSON.parse(sessionStorage.getItem(KEY));
      if (held?.token && held.seat?.game === game && Date.now() < held.heardAt + 1_000 * held.resumeSecs) comeback.#held = held;
    } catch { /* Private windows may refuse. */ }
    return comeback;
  }

  /** True if there is a session to resume. */
  get possible() {
    return this.#held !== null;
  }

  /** The session's number, the same for as long as it lasts. */
  get id() {
    return this.#held?.id;
  }

  get token() {
    return this.#held?.token;
  }

  get seat() {
    return this.#held?.seat;
  }

  get wish() {
    return this.#held?.wish;
  }

  /** Seconds for which the seat is kept at least: the server notices a loss of the link later than the player. */
  secondsLeft() {
    return this.#held ? Math.max(0, this.#held.heardAt / 1_000 + this.#held.resumeSecs - Date.now() / 1_000) : 0;
  }

  /** Stores the token of a `session` event. An empty token means that the session cannot be resumed. */
  handleSession({ id, token, resume_secs }, seat, wish) {
    this.#held = token ? { id, token, resumeSecs: resume_secs, seat, wish, heardAt: Date.now() } : null;
    this.#store();
  }

  /** Notes that the session was alive just now. The page may be about to close. */
  touch() {
    if (!this.#held) return;
    this.#held.heardAt = Date.now();
    this.#store();
  }

  /** Replaces the hashes of the server's certificates. */
  renew(hashes) {
    if (this.#held) this.#held.seat = { ...this.#held.seat, certificate_hashes: hashes };
  }

  forget() {
    this.#held = null;
    this.#store();
  }

  #store() {
    try {
      if (this.#held) sessionStorage.setItem(KEY, JSON.stringify(this.#held));
      else sessionStorage.removeItem(KEY);
    } catch { /* Private windows may refuse. */ }
  }
}

// What brings a player back to its seat: the newest token, where it is good, and until when. It lives in the tab's own
// storage, so that a page that is loaded anew goes on where it was, and a new tab begins anew.

const KEY = 'ricochet.session';

export class Comeback {
  /** `{token, id, resumeSecs, seat, wish, heardAt}`, or null; times are those of `Date.now()`. */
  #held = null;

  /** What a page of this tab left behind, if it was of the same game and the server may still keep its seat. */
  static remembered(game) {
    const comeback = new Comeback();
    try {
      const held = JSON.parse(sessionStorage.getItem(KEY));
      if (held?.token && held.seat?.game === game && Date.now() < held.heardAt + 1_000 * held.resumeSecs) comeback.#held = held;
    } catch { /* Private windows may refuse. */ }
    return comeback;
  }

  /** Whether there is something to come back to. */
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

  /** Seconds that the seat is still kept, at least: the server notices a loss later than the player. */
  secondsLeft() {
    return this.#held ? Math.max(0, this.#held.heardAt / 1_000 + this.#held.resumeSecs - Date.now() / 1_000) : 0;
  }

  /** The server told a token. */
  handleSession({ id, token, resume_secs }, seat, wish) {
    this.#held = token ? { id, token, resumeSecs: resume_secs, seat, wish, heardAt: Date.now() } : null;
    this.#store();
  }

  /** The server was heard just now; the page may be about to go. */
  touch() {
    if (!this.#held) return;
    this.#held.heardAt = Date.now();
    this.#store();
  }

  /** The server has other certificates now. */
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

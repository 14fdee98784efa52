// For those who only watch: whom they follow, and the way to the next one or into the game.

import { byId, setText } from './dom.js';

/** The server takes one choice a second. */
const REST_MS = 1_100;

export class Watching {
  /** Seat of the player who is followed. */
  #chosen = null;
  /** Whom the server was told to show, and when. */
  #told = { seat: null, at: 0 };
  #roster = null;
  #session = null;
  #root = byId('watching');
  #name = byId('watching-name');

  /** `words` are those of the button that leads into the game. */
  constructor({ onPlay, words }) {
    setText(byId('watching-play'), words);
    byId('watching-next').addEventListener('click', () => this.next());
    byId('watching-play').addEventListener('click', onPlay);
  }

  /** Begins, or ends with no arguments; `delaySecs` says how late the server shows everything. */
  start(roster = null, session = null, delaySecs = 0) {
    setText(byId('watching-delay'), delaySecs ? `, ${delaySecs} s late` : '');
    this.#roster = roster;
    this.#session = session;
    this.#chosen = null;
    this.#told = { seat: null, at: 0 };
    this.#root.hidden = !roster;
  }

  get active() {
    return Boolean(this.#roster);
  }

  /** The seat of the player to look at, or null. */
  seat(now) {
    if (!this.#roster.player(this.#chosen)) this.#chosen = this.#roster.ranked()[0]?.player ?? null;
    if (this.#chosen !== null && this.#told.seat !== this.#chosen && now - this.#told.at > REST_MS) {
      this.#told = { seat: this.#chosen, at: now };
      this.#session.watch(this.#chosen);
    }
    setText(this.#name, this.#chosen === null ? 'nobody yet' : this.#roster.name(this.#chosen));
    return this.#chosen;
  }

  /** Goes on to the next one, by rank. */
  next() {
    const ranked = this.#roster.ranked();
    const index = ranked.findIndex((player) => player.player === this.#chosen);
    this.#chosen = ranked[(index + 1) % (ranked.length || 1)]?.player ?? null;
  }
}

// The panel of a spectator: the player who is followed, and buttons to follow the next one and to join the game.

import { byId, setText } from './dom.js';

/** The server accepts one choice per second. */
const REST_MS = 1_100;

export class Watching {
  /** Seat of the player who is followed. */
  #chosen = null;
  /** The choice that was sent to the server last, and when. */
  #told = { seat: null, at: 0 };
  #roster = null;
  #session = null;
  #root = byId('watching');
  #name = byId('watching-name');

  /** `words` is the text of the button that joins the game. */
  constructor({ onPlay, words }) {
    setText(byId('watching-play'), words);
    byId('watching-next').addEventListener('click', () => this.next());
    byId('watching-play').addEventListener('click', onPlay);
  }

  /** Shows the panel; without arguments, hides it. `delaySecs` is the delay with which spectators see the room. */
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

  /** Seat of the player to show, or null. Sends a new choice to the server when that is allowed. */
  seat(now) {
    if (!this.#roster.player(this.#chosen)) this.#chosen = this.#roster.ranked()[0]?.player ?? null;
    if (this.#chosen !== null && this.#told.seat !== this.#chosen && now - this.#told.at > REST_MS) {
      this.#told = { seat: this.#chosen, at: now };
      this.#session.watch(this.#chosen);
    }
    setText(this.#name, this.#chosen === null ? 'nobody yet' : this.#roster.name(this.#chosen));
    return this.#chosen;
  }

  /** Follows the next player, by rank. */
  next() {
    const ranked = this.#roster.ranked();
    const index = ranked.findIndex((player) => player.player === this.#chosen);
    this.#chosen = ranked[(index + 1) % (ranked.length || 1)]?.player ?? null;
  }
}

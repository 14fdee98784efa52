// For those who only watch: whom the camera follows, and the way to the next one or into the fight.

import { byId, setText } from './dom.js';

export class Watching {
  /** Seat of the craft that is followed, or null: then the best one is. */
  #chosen = null;
  #scene = null;
  #roster = null;
  #root = byId('watching');
  #name = byId('watching-name');

  constructor({ onPlay }) {
    byId('watching-next').addEventListener('click', () => this.next());
    byId('watching-play').addEventListener('click', onPlay);
  }

  /** Begins, or ends with no arguments. */
  start(scene = null, roster = null) {
    this.#scene = scene;
    this.#roster = roster;
    this.#chosen = null;
    this.#root.hidden = !scene;
  }

  get active() {
    return Boolean(this.#scene);
  }

  /** The craft to look at, if any is in sight. */
  craft() {
    const chosen = this.#scene.crafts.get(this.#chosen);
    const craft = chosen ?? this.#visible()[0];
    setText(this.#name, craft ? this.#roster.name(craft.player) : 'nobody yet');
    return craft;
  }

  /** Goes on to the next one, by rank. */
  next() {
    const visible = this.#visible();
    const index = visible.findIndex((craft) => craft.player === this.#chosen);
    this.#chosen = visible[(index + 1) % (visible.length || 1)]?.player ?? null;
  }

  /** The best first. */
  #visible() {
    return this.#roster.ranked().map((player) => this.#scene.crafts.get(player.player)).filter(Boolean);
  }
}

// The kill feed, at the upper right.

import { byId, make } from 'ricochet-page/hud/dom.js';
import { sideOf } from '../draw/palette.js';

const LINES_MAX = 5;
const SHOWN_MS = 6_000;

export class Feed {
  #root = byId('feed');

  /** Adds the line of a `killed` event. */
  add({ killer, victim, weapon }, roster) {
    const own = roster.joined?.player, rail = weapon === 'rail';
    const name = (seat) => make('b', {
      'data-side': sideOf(roster.player(seat)?.team) ?? (seat === own ? 'own' : 'foe'),
    }, roster.name(seat));
    const how = killer === victim ? 'caught their own shell' : rail ? 'railed' : 'hit';
    const parts = killer === victim ? [name(victim), ` ${how}`] : [name(killer), make('i', {}, rail ? ' ━━ ' : ' ▸ '), name(victim)];
    const line = make('li', { 'data-own': killer === own || victim === own, 'aria-label': how }, ...parts);
    this.#root.append(line);
    while (this.#root.children.length > LINES_MAX) this.#root.firstElementChild.remove();
    setTimeout(() => line.remove(), SHOWN_MS);
  }

  clear() {
    this.#root.replaceChildren();
  }
}

// The leaderboard: names and values of the best few, always in view. The scoreboard lists everyone.

import { byId, make } from './dom.js';

export class Leaderboard {
  #root = byId('leaders');
  #list = byId('leaders-list');
  #shown = '';

  /**
   * Shows these leaders, the best first. Without any, the leaderboard is hidden.
   *
   * @param {{seat: number, value: string | number}[]} leaders
   * @param {import('../page.js').Page} page
   */
  show(leaders, { roster, player: own }) {
    const rows = leaders.map(({ seat, value }) => ({ name: roster.name(seat), value, isOwn: seat === own }));
    const key = JSON.stringify(rows);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#root.hidden = rows.length === 0;
    this.#list.replaceChildren(...rows.map(({ name, value, isOwn }) =>
      make('li', { 'data-own': isOwn }, make('span', {}, name), make('b', {}, String(value)))));
  }
}

// The scoreboard, shown while Tab is held: all players in the game's order, with buttons that mute their chat.

import { byId, make, setText } from './dom.js';

export class Scoreboard {
  /** Called with a seat, and true to mute its chat or false to show it. */
  onMute = () => {};
  #root = byId('scoreboard');
  #title = byId('scoreboard-title');
  #body = byId('scoreboard-body');
  #lines;
  #sideOf;
  #shown = '';

  /**
   * `lines` is the game's part: `title`, the board's name on buttons; `columns`, `[{name, class}]`, the columns behind
   * each name; `heading(page)`; and `line(player)`, which returns `{values, note}`: a value for each column, and optionally a word behind
   * the name. `sideOf` is as in the chat.
   */
  constructor(lines, sideOf) {
    this.#lines = lines;
    this.#sideOf = sideOf;
    setText(byId('show-scoreboard'), lines.title);
    byId('scoreboard-head').append(
      make('th', { class: 'number' }, '#'),
      make('th', {}, 'Player'),
      ...lines.columns.map(({ name }) => make('th', { class: 'number' }, name)),
      make('th'));
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  show(open) {
    this.#root.hidden = !open;
    if (!open) this.#shown = '';
  }

  update(page) {
    const { roster } = page;
    if (!this.isOpen || !roster.joined) return;
    const rows = roster.ranked().map((player) => ({ player, isMuted: roster.isMuted(player.player), ...this.#lines.line(player) }));
    const key = JSON.stringify(rows);
    if (key === this.#shown) return;
    this.#shown = key;
    setText(this.#title, this.#lines.heading(page));
    this.#body.replaceChildren(...rows.map((row, index) => this.#row(row, index + 1, roster.joined.player)));
  }

  #row({ player, isMuted, values, note }, rank, own) {
    const seat = player.player, isOwn = seat === own;
    const mute = isOwn || player.opponent ? '' : make('button', { type: 'button', class: 'mute', 'aria-pressed': String(isMuted) },
      isMuted ? 'Unmute' : 'Mute');
    if (mute) mute.addEventListener('click', () => this.onMute(seat, !isMuted));
    const words = player.opponent ? 'computer' : note;
    return make('tr', { 'data-player': seat, 'data-own': isOwn, 'data-side': this.#sideOf(player) },
      make('td', { class: 'number' }, String(rank)),
      make('td', { class: 'name' }, make('i', { class: 'dot' }), player.name, words && make('small', {}, words)),
      ...values.map((value, index) => make('td', { class: ['number', this.#lines.columns[index].class].filter(Boolean).join(' ') }, String(value))),
      make('td', {}, mute));
  }
}

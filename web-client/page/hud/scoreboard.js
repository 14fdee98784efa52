// The scoreboard, shown while Tab is held: everyone, the best first, and whose chat is muted.

import { byId, make, setText, side } from './dom.js';

export class Scoreboard {
  /** Called with a seat and whether its chat is shown no more. */
  onMute = () => {};
  #root = byId('scoreboard');
  #title = byId('scoreboard-title');
  #body = byId('scoreboard-body');
  #shown = '';

  get open() {
    return !this.#root.hidden;
  }

  show(open) {
    this.#root.hidden = !open;
    if (!open) this.#shown = '';
  }

  /** `idle` holds the seats of those who do nothing. */
  update(roster, map, idle = new Set()) {
    if (!this.open || !roster.joined) return;
    const ranked = roster.ranked();
    const key = JSON.stringify([ranked, ranked.map(({ player }) => [roster.isMuted(player), idle.has(player)])]);
    if (key === this.#shown) return;
    this.#shown = key;
    const mode = roster.joined.team_mode ? 'Team deathmatch' : 'Deathmatch';
    setText(this.#title, `${mode} · ${map?.name ?? ''} · room ${roster.joined.room}`);
    this.#body.replaceChildren(...ranked.map((player, index) => this.#row(player, index + 1, roster, idle)));
  }

  #row(player, rank, roster, idle) {
    const isOwn = player.player === roster.joined.player;
    const muted = roster.isMuted(player.player);
    const mute = isOwn || player.opponent ? '' : make('button', { type: 'button', class: 'mute', 'aria-pressed': String(muted) },
      muted ? 'Unmute' : 'Mute');
    if (mute) mute.addEventListener('click', () => this.onMute(player.player, !muted));
    const note = player.opponent ? 'computer' : idle.has(player.player) ? 'idle' : null;
    return make('tr', { 'data-player': player.player, 'data-own': isOwn, 'data-side': side(player.team) },
      make('td', { class: 'number' }, String(rank)),
      make('td', { class: 'name' }, make('i', { class: 'dot' }), player.name, note && make('small', {}, note)),
      make('td', { class: 'number score' }, String(player.score)),
      make('td', { class: 'number' }, String(player.deaths)),
      make('td', {}, mute));
  }
}

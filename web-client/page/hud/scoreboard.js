// The scoreboard, shown while Tab is held: everyone, the best first, and whose chat is muted.

import { byId, make, setText, side } from './dom.js';

export class Scoreboard {
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

  update(roster, map) {
    if (!this.open || !roster.joined) return;
    const ranked = roster.ranked();
    const key = JSON.stringify([ranked, [...roster.muted]]);
    if (key === this.#shown) return;
    this.#shown = key;
    const mode = roster.joined.team_mode ? 'Team deathmatch' : 'Deathmatch';
    setText(this.#title, `${mode} · ${map?.name ?? ''} · room ${roster.joined.room}`);
    this.#body.replaceChildren(...ranked.map((player, index) => this.#row(player, index + 1, roster)));
  }

  #row(player, rank, roster) {
    const isOwn = player.player === roster.joined.player;
    const muted = roster.muted.has(player.name);
    const mute = isOwn || player.opponent ? '' : make('button', { type: 'button', class: 'mute', 'aria-pressed': String(muted) },
      muted ? 'Unmute' : 'Mute');
    if (mute) mute.addEventListener('click', () => this.onMute(player.name, !muted));
    return make('tr', { 'data-player': player.player, 'data-own': isOwn, 'data-side': side(player.team) },
      make('td', { class: 'number' }, String(rank)),
      make('td', {}, make('i', { class: 'dot' }), player.name, player.opponent ? make('small', {}, 'computer') : null),
      make('td', { class: 'number score' }, String(player.score)),
      make('td', { class: 'number' }, String(player.deaths)),
      make('td', {}, mute));
  }
}

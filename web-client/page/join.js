// The join screen: name, mode, rooms, quick play.

import * as api from './api.js';
import { byId, make, setData, setText } from './hud/dom.js';
import { remember, remembered } from './settings.js';

const REFRESH_MS = 3_000;
const MODES = { deathmatch: 'Deathmatch', 'team-deathmatch': 'Team deathmatch' };
const PHASES = { 'warm-up': 'warm-up', running: 'running', results: 'results' };
/** As `NAME_BYTES_MAX` in shared/src/limits.rs. */
const NAME_BYTES_MAX = 24;

export class JoinScreen {
  /** Called with a wish: `{name, mode, room}`. */
  onJoin = () => {};
  #root = byId('join');
  #form = byId('join-form');
  #name = byId('name');
  #modes = byId('modes');
  #rooms = byId('rooms');
  #error = byId('join-error');
  #play = byId('play');
  #mode = null;
  #timer;

  constructor(parameters) {
    this.#name.value = parameters.get('name') ?? remembered('name', '');
    this.#mode = parameters.get('mode');
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.join({});
    });
    this.#name.addEventListener('input', () => this.fail(''));
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  async show() {
    this.#root.hidden = false;
    this.#play.disabled = false;
    if (matchMedia('(pointer: fine)').matches) this.#name.focus();
    this.#refresh();
    try {
      this.#showServer(await api.server());
    } catch (refusal) {
      this.fail(refusal.message);
    }
  }

  hide() {
    clearTimeout(this.#timer);
    this.#root.hidden = true;
    this.#name.blur();
  }

  /** Says what is wrong, or nothing any more. */
  fail(message) {
    setText(this.#error, message);
    this.#error.hidden = !message;
    this.#play.disabled = false;
  }

  join(wish) {
    const name = this.#name.value.trim() || (wish.spectate ? 'Watcher' : '');
    if (!name) {
      this.#name.focus();
      return this.fail('Tell the others your name first.');
    }
    if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) {
      return this.fail(`A name has at most ${NAME_BYTES_MAX} bytes; this one is longer.`);
    }
    if (!wish.spectate) remember('name', name);
    this.fail('');
    this.#play.disabled = true;
    const mode = wish.room === undefined && this.#mode ? { mode: this.#mode } : {};
    this.onJoin({ name, ...mode, ...wish });
  }

  #showServer({ name, mode, modes, version, players, draining }) {
    setText(byId('server-name'), name);
    setText(byId('server-facts'), `version ${version} · ${players} ${players === 1 ? 'player' : 'players'} here`);
    this.#mode ??= mode;
    this.#modes.replaceChildren(...modes.map((key) => {
      const radio = make('input', { type: 'radio', name: 'mode', value: key });
      radio.checked = key === this.#mode;
      radio.addEventListener('change', () => this.#mode = key);
      return make('label', {}, radio, make('span', {}, MODES[key] ?? key));
    }));
    if (draining) this.fail('This server is shutting down and takes no new players.');
  }

  async #refresh() {
    clearTimeout(this.#timer);
    try {
      this.#showRooms(await api.rooms());
    } catch { /* The form says so when it matters. */ }
    if (this.isOpen) this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  #showRooms(rooms) {
    const list = [...rooms].sort((a, b) => b.humans - a.humans || a.id - b.id).slice(0, 12);
    setData(this.#rooms, 'empty', list.length === 0 ? 'yes' : undefined);
    this.#rooms.replaceChildren(...list.map((room) => this.#row(room)));
  }

  #row({ id, mode, map, phase, humans, opponents, seats, taken, players }) {
    const full = taken >= seats;
    const join = make('button', { type: 'button', disabled: full, 'data-room': id }, full ? 'Full' : 'Join');
    join.addEventListener('click', () => this.join({ room: id }));
    const watch = make('button', { type: 'button', 'data-watch': id }, 'Watch');
    watch.addEventListener('click', () => this.join({ room: id, spectate: true }));
    const who = humans === 0 ? `${opponents} computers` : `${humans} ${humans === 1 ? 'player' : 'players'}, ${opponents} computers`;
    const best = players[0];
    return make('li', {},
      make('div', {},
        make('b', {}, map || `Room ${id}`),
        make('small', {}, `${MODES[mode] ?? mode} · ${PHASES[phase] ?? phase}`)),
      make('div', {},
        make('span', {}, who),
        make('small', {}, best?.score > 0 ? `${best.name} leads with ${best.score}` : `${seats} seats`)),
      make('div', { class: 'ways' }, join, watch));
  }
}

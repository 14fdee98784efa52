// The join screen: name, mode, rooms, quick play, and links to other games.

import * as api from './connection/api.js';
import { byId, make, setData, setText } from './hud/dom.js';
import { OtherGames } from './other-games.js';
import { roomOf } from './place.js';
import { remember, remembered } from './settings.js';

const REFRESH_MS = 3_000;
/** The same as `NAME_BYTES_MAX` in shared/src/limits.rs. */
const NAME_BYTES_MAX = 24;

export class JoinScreen {
  /** Called with the player's wish: `{name, mode, room, spectate}`. */
  onJoin = () => {};
  #root = byId('join');
  #form = byId('join-form');
  #name = byId('name');
  #modes = byId('modes');
  #rooms = byId('rooms');
  #error = byId('join-error');
  #play = byId('play');
  #game;
  #others = new OtherGames();
  #lobby;
  #mode = null;
  /** The room of a link or of the player's choice. It is kept until the player has joined it or gives it up. */
  #room;
  /** Rows of the list by number of the room. */
  #rows = new Map();
  #timer;

  /** `id` is the server's name of the game. `lobby` has its texts: `modes` by their key, and `room(room)`, `{facts, note}`, for a row of the list. */
  constructor(parameters, { id, lobby }) {
    this.#game = id;
    this.#lobby = lobby;
    this.#name.value = parameters.get('name') ?? remembered('name', '');
    this.#mode = parameters.get('mode');
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.join({});
    });
    byId('any-room').addEventListener('click', () => {
      this.wishFor(undefined);
      this.#play.focus();
    });
    this.wishFor(roomOf(parameters));
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

  /** Makes Play join this room; `undefined` for any room. */
  wishFor(room) {
    this.#room = room;
    byId('invited').hidden = room === undefined;
    setText(byId('invited-room'), `You are on your way to room ${room}.`);
    setText(this.#play, room === undefined ? 'Play' : `Play in room ${room}`);
  }

  /** Shows an error, or hides the last one if `message` is empty. */
  fail(message) {
    setText(this.#error, message);
    this.#error.hidden = !message;
    this.#play.disabled = false;
  }

  join(wish) {
    const { spectate = false } = wish;
    if (wish.room !== undefined && !spectate) this.wishFor(wish.room);
    const room = wish.room ?? this.#room;
    const name = this.#name.value.trim() || (spectate ? 'Watcher' : '');
    if (!name) {
      this.#name.focus();
      return this.fail('Tell the others your name first.');
    }
    if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) {
      this.#name.focus();
      return this.fail('This name is too long. Accents and signs count more than plain letters.');
    }
    if (!spectate) remember('name', name);
    this.fail('');
    this.#play.disabled = true;
    if (room !== undefined) this.onJoin({ name, ...wish, room });
    else this.onJoin({ name, ...(this.#mode ? { mode: this.#mode } : {}), ...wish });
  }

  #showServer({ name, games, version, players, draining }) {
    setText(byId('server-name'), name);
    setText(byId('server-facts'), `version ${version} · ${players} ${players === 1 ? 'player' : 'players'} here`);
    const hosted = games.find((game) => game.name === this.#game);
    const { mode, modes } = hosted ?? { mode: null, modes: [] };
    this.#others.show(games, this.#game);
    this.#mode ??= mode;
    // A single mode leaves nothing to choose.
    this.#modes.replaceChildren(...(modes.length > 1 ? modes : []).map((key) => {
      const radio = make('input', { type: 'radio', name: 'mode', value: key });
      radio.checked = key === this.#mode;
      radio.addEventListener('change', () => this.#mode = key);
      return make('label', {}, radio, make('span', {}, this.#lobby.modes?.[key] ?? key));
    }));
    if (!hosted) this.fail(`This server does not host ${this.#game}. It hosts ${games.map((game) => game.name).join(', ')}.`);
    if (draining) this.fail('This server is shutting down and takes no new players.');
  }

  async #refresh() {
    clearTimeout(this.#timer);
    try {
      // Nobody sees the list of a tab in the background.
      if (!document.hidden) {
        const rooms = await api.rooms();
        this.#showRooms(rooms);
        this.#others.count(rooms);
      }
    } catch { /* The form shows an error when the player joins. */ }
    if (this.isOpen) this.#timer = setTimeout(() => this.#refresh(), REFRESH_MS);
  }

  /** Updates the rows in place: a new element would lose the focus, and a click that has begun. */
  #showRooms(rooms) {
    const list = rooms.filter(({ game }) => game === this.#game).sort((a, b) => b.humans - a.humans || a.id - b.id).slice(0, 12);
    setData(this.#rooms, 'empty', list.length === 0 ? 'yes' : undefined);
    const focused = document.activeElement;
    for (const [id, row] of this.#rows) {
      if (list.some((room) => room.id === id)) continue;
      // If the focus is on a room that closes, it moves to the neighbour.
      if (row.element.contains(focused)) (row.element.nextElementSibling ?? row.element.previousElementSibling ?? this.#form).querySelector('button:not(:disabled)')?.focus();
      row.element.remove();
      this.#rows.delete(id);
    }
    list.forEach((room, index) => {
      let row = this.#rows.get(room.id);
      if (!row) this.#rows.set(room.id, row = new RoomRow(room.id, this.#lobby, (wish) => this.join(wish)));
      row.update(room);
      this.#place(row.element, index, focused);
    });
  }

  /** Puts an element at an index. An element that is moved loses the focus, so the others move around the one that has it. */
  #place(element, index, focused) {
    const there = this.#rooms.children[index];
    if (there === element) return;
    if (element.contains(focused)) {
      while (this.#rooms.children[index] !== element) this.#rooms.append(this.#rooms.children[index]);
    } else {
      this.#rooms.insertBefore(element, there ?? null);
    }
  }
}

/** A room in the list. */
class RoomRow {
  #name = make('b');
  #facts = make('small');
  #who = make('span');
  #note = make('small');
  #lobby;
  #join;
  #watch;

  constructor(id, lobby, onWish) {
    this.#lobby = lobby;
    this.#join = make('button', { type: 'button', 'data-room': id });
    this.#join.addEventListener('click', () => onWish({ room: id }));
    this.#watch = make('button', { type: 'button', 'data-watch': id, 'aria-label': `Watch room ${id}` }, 'Watch');
    this.#watch.addEventListener('click', () => onWish({ room: id, spectate: true }));
    this.element = make('li', {},
      make('div', {}, this.#name, this.#facts),
      make('div', {}, this.#who, this.#note),
      make('div', { class: 'ways' }, this.#join, this.#watch));
  }

  update(room) {
    const { id, map, humans, opponents, seats, taken } = room;
    const { facts, note } = this.#lobby.room(room);
    const full = taken >= seats;
    setText(this.#name, map ? `${map} · room ${id}` : `Room ${id}`);
    setText(this.#facts, facts);
    const computers = `${opponents} ${opponents === 1 ? 'computer' : 'computers'}`;
    setText(this.#who, humans === 0 ? computers : `${humans} ${humans === 1 ? 'player' : 'players'}, ${computers}`);
    setText(this.#note, note ?? `${seats} seats`);
    // A disabled button loses the focus. So the focused one stays enabled, and the server refuses the join to a full room.
    setText(this.#join, full ? 'Full' : 'Join');
    this.#join.setAttribute('aria-label', `${full ? 'Full: room' : 'Join room'} ${id}`);
    if (this.#join !== document.activeElement) this.#join.disabled = full;
  }
}

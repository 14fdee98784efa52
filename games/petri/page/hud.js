// What lies over the dish: leaders, the own mass, where one is, and how one ended.

import { byId, clock, make, setText } from 'ricochet-page/hud/dom.js';
import { palette } from './palette.js';

/** Between two drawings of the map; nobody reads it faster. */
const REST_MS = 100;

export class Hud {
  #page;
  #scene;
  #picture;
  #sound;
  #leaders = [];
  #shown = '';
  #ended = null;
  #map = byId('minimap').getContext('2d');
  #mappedAt = 0;
  #cells = 0;

  constructor({ page, scene, picture, sound }) {
    this.#page = page;
    this.#scene = scene;
    this.#picture = picture;
    this.#sound = sound;
  }

  clear() {
    this.#leaders = [];
    this.#ended = null;
    this.#cells = 0;
  }

  handle(event) {
    if (event.kind !== 'leaders') return;
    this.#leaders = event.leaders.slice(0, event.count);
    for (const { seat, mass } of this.#leaders) this.#page.roster.update(seat, { mass });
  }

  show(event) {
    if (event.kind === 'ended') this.#sound.ended();
    this.drop(event);
  }

  /** What is too old to be seen happen is still true. */
  drop(event) {
    if (event.kind === 'ended') this.#ended = event;
  }

  update(now) {
    const own = this.#scene.whole(null);
    const { roster, isRecording } = this.#page;
    if (own) this.#ended = null;
    if (own && own.count > this.#cells && this.#cells > 0) this.#sound.split();
    this.#cells = own?.count ?? 0;
    this.#showMass(own, roster);
    this.#showEnded(roster, isRecording);
    this.#showLeaders(roster);
    if (now - this.#mappedAt > REST_MS) {
      this.#mappedAt = now;
      this.#drawMap(this.#picture.whole);
    }
  }

  #showMass(own, roster) {
    byId('mass').hidden = !own;
    if (!own) return;
    const { place } = this.#scene.own;
    setText(byId('mass-now'), String(Math.round(own.mass)));
    setText(byId('mass-place'), place > 0 ? `place ${place} of ${roster.size}` : 'mass');
  }

  #showEnded(roster, isRecording) {
    byId('ended').hidden = !this.#ended || isRecording;
    if (!this.#ended) return;
    const { by, best_mass: mass, secs } = this.#ended;
    setText(byId('ended-by'), by === this.#page.player ? 'You are gone' : `${roster.name(by)} swallowed you`);
    setText(byId('ended-life'), `You lived ${clock(secs)} and grew to a mass of ${mass}.`);
    setText(byId('ended-back'), `Back in ${Math.ceil(this.#scene.own.comes_back ?? 0)} s, or at once when you split.`);
  }

  #showLeaders(roster) {
    const own = this.#page.player;
    const rows = this.#leaders.map(({ seat, mass }) => ({ seat, mass, name: roster.name(seat) }));
    const key = JSON.stringify([rows, own]);
    if (key === this.#shown) return;
    this.#shown = key;
    byId('leaders').hidden = rows.length === 0;
    byId('leaders-list').replaceChildren(...rows.map(({ seat, mass, name }) =>
      make('li', { 'data-own': seat === own }, make('span', {}, name), make('b', {}, String(mass)))));
  }

  /** The dish's borders, what is in view, and the middle of one's cells. */
  #drawMap(whole) {
    const context = this.#map, { width } = context.canvas;
    const { side } = this.#scene.numbers;
    context.canvas.hidden = !whole;
    if (!whole || !side) return;
    const scale = width / side, view = this.#picture.camera.view();
    context.clearRect(0, 0, width, width);
    context.fillStyle = '#8fd3ea1c';
    context.fillRect(view.left * scale, view.top * scale, (view.right - view.left) * scale, (view.bottom - view.top) * scale);
    context.lineWidth = 1;
    context.strokeStyle = '#4f8ea666';
    for (const part of [1 / 3, 2 / 3]) {
      context.strokeRect(part * width, -1, 0, width + 2);
      context.strokeRect(-1, part * width, width + 2, 0);
    }
    context.fillStyle = palette.white;
    context.beginPath();
    context.arc(whole.x * scale, whole.y * scale, 4, 0, 2 * Math.PI);
    context.fill();
  }
}

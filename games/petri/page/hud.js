// The HUD of petri: the leaders, the own mass, the minimap, and the end of the own cells.

import { byId, clock, setText } from 'ricochet-page/hud/dom.js';
import { Leaderboard } from 'ricochet-page/hud/leaderboard.js';
import { Minimap } from 'ricochet-page/hud/minimap.js';
import { palette } from './palette.js';

export class Hud {
  #page;
  #scene;
  #picture;
  #sound;
  #leaders = [];
  #leaderboard = new Leaderboard();
  #minimap = new Minimap();
  #ended = null;
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
    this.#leaders = event.leaders.slice(0, event.count).map(({ seat, mass }) => ({ seat, value: mass }));
    const { roster } = this.#page, masses = new Map(this.#leaders.map(({ seat, value }) => [seat, value]));
    for (const { player } of roster.ranked()) roster.update(player, { mass: masses.get(player) ?? 0 });
  }

  show(event) {
    if (event.kind === 'ended') this.#sound.ended();
    this.drop(event);
  }

  /** Notes an event, also one that is too old to be shown: it is still true. */
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
    this.#leaderboard.show(this.#leaders, this.#page);
    const { whole, size, camera } = this.#picture;
    this.#minimap.update(now, size, camera, whole ? [{ ...whole, colour: palette.white }] : []);
  }

  #showMass(own, roster) {
    byId('mass').hidden = !own;
    if (!own) return;
    const { place } = this.#scene.own;
    roster.update(this.#page.player, { mass: Math.round(own.mass) });
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
}

// The HUD of the arena: the match, the kill feed, the minimap, the state of the own craft.

import { byId } from 'ricochet-page/hud/dom.js';
import { RESULTS, RUNNING } from '../match-state.js';
import { Feed } from './feed.js';
import { Match } from './match.js';
import { Minimap } from './minimap.js';
import { Vitals } from './vitals.js';

/** Time between two measurements of the elements that cover the map, ms. */
const COVER_MS = 250;

export class Hud {
  #page;
  #scene;
  #picture;
  #sound;
  #state;
  #vitals = new Vitals();
  #match = new Match();
  #feed = new Feed();
  #minimap = new Minimap();
  #coveredAt = -Infinity;

  /** `state` is the `MatchState`, which the HUD keeps up to date. */
  constructor({ page, scene, picture, sound, state }) {
    this.#page = page;
    this.#scene = scene;
    this.#picture = picture;
    this.#sound = sound;
    this.#state = state;
  }

  setMap() {
    this.#minimap.setArena(this.#picture.arena);
  }

  clear() {
    this.#state.clear();
    this.#feed.clear();
  }

  handle(event) {
    if (event.kind === 'standing') {
      const { player, team, score, deaths } = event;
      return this.#page.roster.update(player, { team, score, deaths });
    }
    if (!this.#state.handleEvent(event)) return;
    if (this.#state.phase === RUNNING) this.#sound.gong(true);
    if (this.#state.phase === RESULTS) this.#sound.gong(false);
  }

  show(event) {
    if (event.kind !== 'killed') return;
    this.#feed.add(event, this.#page.roster);
    this.drop(event);
  }

  /** Notes an event, also one that is too old to be shown: it is still true. */
  drop(event) {
    if (event.kind === 'killed' && event.victim === this.#page.player) this.#vitals.handleKilledBy(this.#killedBy(event));
  }

  update(now) {
    const { roster, renderTick, isRecording } = this.#page;
    if (!isRecording && now - this.#coveredAt > COVER_MS) this.#coverCamera(now);
    this.#vitals.update(this.#scene.own, this.#state.phase);
    this.#match.update(this.#state, roster, renderTick);
    this.#minimap.update(now, this.#scene, roster);
  }

  /** Reports the covered edges of the screen to the camera, so that the rim of the map is not hidden under the HUD. */
  #coverCamera(now) {
    this.#coveredAt = now;
    let top = 0, bottom = 0;
    for (const id of ['match', 'vitals']) {
      const box = byId(id).getBoundingClientRect();
      if (box.height === 0) continue;
      if (box.bottom < innerHeight / 2) top = Math.max(top, box.bottom);
      else bottom = Math.max(bottom, innerHeight - box.top);
    }
    this.#picture.camera.cover(top, bottom);
  }

  #killedBy({ killer, victim, weapon }) {
    const { roster, isRecording } = this.#page;
    const how = weapon === 'rail' ? ' with the rail' : '';
    if (!isRecording) return killer === victim ? 'Your own shell caught you' : `${roster.name(killer)} got you${how}`;
    const name = roster.name(victim);
    return killer === victim ? `${name} met a shell of their own` : `${roster.name(killer)} got ${name}${how}`;
  }
}

// The arena's `Picture` (see start.js of the engine's page): reads frames, draws them, and finds crafts on the screen.

import { Attract } from './attract.js';
import { Stage } from './draw/stage.js';
import { OwnDeath } from './own-death.js';

export class Picture {
  #page;
  #scene;
  #idle;
  #stage;
  #controls;
  #attract;
  #ownDeath;

  /** `scene` and `idle` are updated with each frame. */
  constructor({ page, scene, idle, sound, controls }) {
    this.#page = page;
    this.#scene = scene;
    this.#idle = idle;
    this.#controls = controls;
    this.#stage = new Stage(page.canvas, scene, page.roster, sound);
    this.#stage.idle = idle.seats;
    this.#attract = new Attract(page.canvas);
    this.#ownDeath = new OwnDeath((event) => page.show(event));
  }

  get camera() {
    return this.#stage.camera;
  }

  get arena() {
    return this.#stage.arena;
  }

  get size() {
    return this.#stage.arena;
  }

  get effects() {
    return this.#stage.effects.counts;
  }

  setZoom(zoom) {
    this.#stage.setZoom(zoom);
  }

  setMap(map) {
    this.#stage.setMap(map);
    this.#forget();
  }

  clear() {
    this.#stage.settle();
    this.#forget();
  }

  settle() {
    this.#stage.settle();
  }

  read(floats, renderTick, now, isNew) {
    const scene = this.#scene;
    scene.read(floats, renderTick);
    if (isNew) scene.skip();
    if (this.#page.isRecording) return;
    this.#ownDeath.update(scene.own, now);
    this.#idle.update(now, scene, this.#page.roster);
  }

  draw(now, seat) {
    const { own } = this.#scene;
    if (own) {
      const { x, y } = this.camera.toScreen(own.x, own.y);
      Object.assign(this.#controls.origin, { x, y });
    }
    const controls = this.#page.isRecording ? lookingFrom(own) : this.#controls;
    this.#stage.draw(now, controls, seat === null ? null : this.#scene.crafts.get(seat));
  }

  attract(now) {
    this.#attract.draw(now);
  }

  /** Events of the own craft are shown on the player's own clock. Those of others wait for the picture of the others. */
  takes(event, now) {
    if (event.victim === undefined || event.victim !== this.#page.player) return false;
    if (event.kind === 'killed') this.#ownDeath.hold(event, now);
    else this.#page.show(event);
    return true;
  }

  show(event) {
    this.#stage.handleEvent(event);
  }

  seatAt(x, y, reach) {
    const { crafts, own } = this.#scene;
    let found = null, nearest = reach;
    for (const craft of [...crafts.values(), ...(own ? [own] : [])]) {
      const at = this.camera.toScreen(craft.x, craft.y);
      const distance = Math.hypot(at.x - x, at.y - y);
      if (distance < nearest) [found, nearest] = [craft.player, distance];
    }
    return found;
  }

  #forget() {
    this.#scene.clear();
    this.#ownDeath.clear();
    this.#idle.clear();
  }
}

/** Controls for the stage in a recording: the gun points in its recorded direction. */
function lookingFrom(own) {
  return { intent: { aim: own?.aim ?? 0 }, pointer: null, isTouched: false };
}

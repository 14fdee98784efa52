// Petri's `Picture` (see start.js of the engine's page): reads frames, draws them, and finds cells on the screen.

import { Camera } from 'ricochet-page/draw/camera.js';
import { drawSticks } from 'ricochet-page/draw/sticks.js';
import { Surface } from 'ricochet-page/draw/surface.js';
import { drawCells, drawFood } from './draw/cells.js';
import { drawDish } from './draw/dish.js';
import { Effects } from './draw/effects.js';
import { MadeUpDish } from './made-up.js';
import { radiusOf } from './scene.js';

export class Picture {
  camera = new Camera();
  effects = new Effects();
  size = null;
  /** The cells that the camera follows, as their middle: `{x, y, mass, count}`, or null. */
  whole = null;
  #page;
  #scene;
  #sound;
  #controls;
  #surface;
  #attract = null;
  #drawnAt = 0;

  constructor({ page, scene, sound, controls }) {
    this.#page = page;
    this.#scene = scene;
    this.#sound = sound;
    this.#controls = controls;
    this.#surface = new Surface(page.canvas, this.camera);
  }

  setZoom(zoom) {
    this.camera.zoom = zoom;
    this.camera.resize(this.camera.width, this.camera.height);
  }

  setMap(map) {
    if (map) {
      this.#scene.numbers = map;
      this.size = { width: map.side, height: map.side };
      this.camera.bound(map.side, map.side);
    }
    this.camera.reset();
    this.clear();
  }

  clear() {
    this.#scene.clear();
    this.settle();
    this.whole = null;
  }

  settle() {
    this.effects.clear();
    this.#scene.swallowed.length = 0;
  }

  read(floats, _, now, isNew) {
    this.#scene.read(floats, isNew);
  }

  draw(now, seat) {
    this.#drawScene(this.#scene, now, seat);
  }

  attract(now) {
    this.#attract ??= new MadeUpDish(16, 90, 1_500);
    this.#attract.step(Math.min(0.05, (now - this.#drawnAt) / 1_000));
    this.camera.bound(Infinity, Infinity);
    this.#drawScene(this.#attract.scene, now, null);
  }

  /** From now on draws an invented dish with so many cells, all of them in view. */
  bench(count) {
    const dish = new MadeUpDish(count, 200, 1_000);
    this.#scene = dish.scene;
    return dish;
  }

  show(event) {
    if (event.kind !== 'swallowed') return;
    const { position, mass, owner, by } = event, own = this.#page.player;
    const hue = this.#scene.cells.find((cell) => cell.owner === by)?.hue ?? 0;
    this.effects.ring(position.x, position.y, radiusOf(mass), hue);
    if (owner === own) this.camera.shake(6);
    this.#sound.swallow(this.camera.hears(position), by === own);
  }

  seatAt(x, y, reach) {
    return this.camera.nearest(this.#scene.cells, x, y, reach, ({ shown }) => shown)?.owner ?? null;
  }

  #drawScene(scene, now, seat) {
    const seconds = Math.min(0.1, Math.max(0, (now - this.#drawnAt) / 1_000));
    this.#drawnAt = now;
    scene.advance(seconds);
    this.#look(scene, scene.whole(seat), seconds);
    for (const thing of scene.swallowed.splice(0)) {
      this.effects.swallow(thing);
      if (thing.into.isOwn) this.#sound.gulp(thing.radius);
    }
    this.#surface.useWorld();
    const { context } = this.#surface;
    drawDish(context, this.camera, scene.numbers.side);
    drawFood(this.#surface, this.camera, scene);
    this.#surface.useWorld();
    this.effects.draw(context, seconds);
    const prey = Math.min(...scene.cells.filter((cell) => cell.isOwn).map((cell) => cell.mass));
    drawCells(this.#surface, this.camera, scene, { now, prey, nameOf: scene.nameOf ?? ((owner) => this.#page.roster.name(owner)) });
    this.#surface.useScreen();
    if (this.#controls.isTouched) drawSticks(context, this.#controls.touch);
  }

  /** Follows the cells. If there are none any more, the view stays. */
  #look(scene, whole, seconds) {
    const before = this.whole;
    this.whole = whole;
    if (!whole) return;
    // The middle of the cells jumps when one of them ends.
    if (before && before.count !== whole.count) this.camera.glide(whole.x - before.x, whole.y - before.y, scene.view(0));
    this.camera.reach(scene.view(whole.mass) * SEEN, seconds);
    this.camera.follow(whole.x, whole.y, undefined, seconds);
  }
}

/** Part of the view radius that the corners of the screen show, so that entities are known before they come into view. */
const SEEN = 0.92;

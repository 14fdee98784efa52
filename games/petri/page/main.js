// Petri's page: puts its half together and hands it to the engine's.

import { byId } from 'ricochet-page/hud/dom.js';
import { start } from 'ricochet-page/start.js';
import { Controls } from './controls.js';
import { petri } from './game.js';
import { Hud } from './hud.js';
import { MadeUpDish } from './made-up.js';
import { Picture } from './picture.js';
import { Scene } from './scene.js';
import { Sound } from './sound.js';

const scene = new Scene();
let page, sound, controls, picture;

/** Direction, and steps of the rules' distance, from the middle of the own cells to a point of the screen. */
function aimAt({ x, y }) {
  const { camera, whole } = picture;
  if (!whole) return {};
  const at = camera.toScreen(whole.x, whole.y);
  return { aim: Math.atan2(y - at.y, x - at.x), reach: Math.min(255, Math.hypot(x - at.x, y - at.y) / camera.scale / scene.numbers.reach) };
}

start({
  game: petri,

  input(engine) {
    page = engine;
    sound = new Sound(page.mixer);
    return controls = new Controls({ canvas: page.canvas, split: byId('split'), eject: byId('eject'), isBusy: () => page.isBusy(), aimAt });
  },

  draw: () => picture = new Picture({ page, scene, sound, controls }),

  hud: () => new Hud({ page, scene, picture, sound }),

  bench: (count) => picture.bench(count),

  debug: {
    get own() { return picture.whole && { ...picture.whole, alive: true }; },
    get cells() { return scene.cells.map((cell) => ({ ...cell })); },
    get pellets() { return scene.pellets.size; },
    get wish() { return { ...controls.wish }; },
    get effects() { return picture.effects.counts; },
    get reach() { return picture.camera.view().right - picture.camera.x; },
    /** Where a point of the world is on the screen, CSS pixels. */
    onScreen: (x, y) => picture.camera.toScreen(x, y),
  },
});

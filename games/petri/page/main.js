// Petri's page: makes the game's parts and starts the engine's page with them.

import { byId } from 'ricochet-page/hud/dom.js';
import { LEFT, RIGHT } from 'ricochet-page/input/mouse.js';
import { StickInput } from 'ricochet-page/input/stick-input.js';
import { start } from 'ricochet-page/start.js';
import { petri } from './game.js';
import { Hud } from './hud.js';
import { MadeUpDish } from './made-up.js';
import { Picture } from './picture.js';
import { Scene } from './scene.js';
import { Sound } from './sound.js';

const scene = new Scene();
let page, sound, controls, picture;

/** Largest value of `reach`: the distance from the cells to the point that they swim to, in steps of the rules. */
const REACH_MAX = 255;

/** Direction of the mouse at a point of the screen: from the middle of the own cells to that point. */
function pointed({ x, y }) {
  const { camera, whole } = picture, { numbers } = scene;
  const at = whole ? camera.toScreen(whole.x, whole.y) : { x, y };
  const part = 1 / camera.scale / numbers.reach / REACH_MAX;
  return { x: (x - at.x) * part, y: (y - at.y) * part };
}

/** The fields of the game's input. */
function fields({ x, y, split, eject }) {
  return { aim: Math.atan2(y, x), reach: Math.min(1, Math.hypot(x, y)) * REACH_MAX, split, eject };
}

start({
  game: petri,

  input(engine) {
    page = engine;
    sound = new Sound(page.mixer);
    return controls = new StickInput(page, {
      buttons: {
        split: { keys: ['Space'], mouse: LEFT, pad: [0, 7], element: byId('split') },
        eject: { keys: ['KeyW'], mouse: RIGHT, pad: [2, 6], element: byId('eject') },
      },
      pointed,
      fields,
    });
  },

  draw: () => picture = new Picture({ page, scene, sound, controls }),

  hud: () => new Hud({ page, scene, picture, sound }),

  bench: (count) => picture.bench(count),

  debug: {
    get own() { return picture.whole && { ...picture.whole, alive: true }; },
    get cells() { return scene.cells.map((cell) => ({ ...cell })); },
    get pellets() { return [...scene.pellets.values()].map(({ x, y }) => ({ x, y })); },
    get side() { return scene.numbers.side; },
    get intent() { return { ...controls.intent }; },
    get effects() { return picture.effects.counts; },
    get reach() { return picture.camera.view().right - picture.camera.x; },
    /** Position of a point of the world on the screen, CSS pixels. */
    onScreen: (x, y) => picture.camera.toScreen(x, y),
  },
});

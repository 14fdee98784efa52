// The arena's page: makes the game's parts and starts the engine's page with them.

import { byId } from 'ricochet-page/hud/dom.js';
import { start } from 'ricochet-page/start.js';
import { MadeUpFight } from './bench.js';
import { arena } from './game.js';
import { Hud } from './hud/hud.js';
import { Idle } from './idle.js';
import { Controls } from './input/controls.js';
import { MatchState } from './match-state.js';
import { Picture } from './picture.js';
import { Scene } from './scene.js';
import { Sound } from './sound.js';

const scene = new Scene();
const idle = new Idle();
const state = new MatchState();
let page, sound, controls, picture;

start({
  game: arena(idle, state),

  input(engine) {
    page = engine;
    sound = new Sound(page.mixer);
    return controls = new Controls(page.canvas, byId('dash'), () => page.isBusy());
  },

  draw: () => picture = new Picture({ page, scene, idle, sound, controls }),

  hud: () => new Hud({ page, scene, picture, sound, state }),

  bench: (count) => new MadeUpFight(count, page, scene, picture),

  debug: {
    get own() { return scene.own && { ...scene.own }; },
    get crafts() { return [...scene.crafts.values()].map((craft) => ({ ...craft })); },
    get shells() { return scene.shells.size; },
    get scores() { return page.roster.ranked().map(({ player, name, team, score, deaths, opponent }) => ({ player, name, team, score, deaths, opponent })); },
    get match() { return state.now && { ...state.now }; },
    get intent() { return { ...controls.intent }; },
    get effects() { return picture.effects; },
    get idle() { return [...idle.seats]; },
    /** Position of a point of the world on the screen, CSS pixels. */
    onScreen: (x, y) => picture.camera.toScreen(x, y),
  },
});

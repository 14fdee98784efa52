// Another game's half of the page, as small as it can be: the arena's module drawn as dots, and the arrow keys.

import * as play from 'game-module/play.js';
import { Camera } from 'ricochet-page/draw/camera.js';
import { Devices } from 'ricochet-page/input/devices.js';
import { Keyboard } from 'ricochet-page/input/keyboard.js';
import { Frame } from 'ricochet-page/module/frame.js';
import { start } from 'ricochet-page/start.js';

const KEYS = { ArrowLeft: Math.PI, ArrowRight: 0, ArrowUp: -Math.PI / 2, ArrowDown: Math.PI / 2 };
const dot = { x: 0, y: 0 };
let page, isLarge = false;

class Input {
  enabled = false;
  isPressing = false;
  isTouched = false;
  #keyboard = new Keyboard(Object.keys(KEYS), () => page.isBusy());
  #devices = new Devices([this.#keyboard]);

  apply(player) {
    const key = this.enabled ? Object.keys(KEYS).find((code) => this.#keyboard.isDown([code])) : undefined;
    player.set_intent(key === undefined ? NaN : KEYS[key], 0, 0);
  }

  handleSent() {
    this.#devices.handleSent();
  }

  release() {
    this.#devices.release();
  }
}

class Picture {
  camera = new Camera();
  size = null;
  #frame = new Frame();

  setMap(map) {
    this.size = map && { width: map.width * map.tile_px, height: map.height * map.tile_px };
  }

  read(floats) {
    this.#frame.read(floats);
    for (const { x, y } of this.#frame.steered('Craft').values()) Object.assign(dot, { x, y });
  }

  draw() {
    const { canvas } = page;
    [canvas.width, canvas.height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext('2d');
    context.fillStyle = 'white';
    context.fillRect(dot.x, dot.y, isLarge ? 20 : 10, isLarge ? 20 : 10);
  }

  setZoom() {}
  clear() {}
  settle() {}
  show() {}
}

start({
  game: {
    id: 'arena',
    name: 'Dots',
    modules: { play },
    words: { avatar: 'dot', join: 'Be a dot' },
    order: (a, b) => a.player - b.player,
    sideOf: () => undefined,
    lobby: { room: () => ({ facts: 'dots' }) },
    scoreboard: { title: 'Dots', columns: [{ name: 'Seat' }], heading: () => 'All dots', line: ({ player }) => ({ values: [`S${player}`] }) },
    settings: [{ id: 'large', words: () => (isLarge ? 'Small dots' : 'Large dots'), isOn: () => isLarge, toggle: () => isLarge = !isLarge }],
  },
  input: (engine) => {
    page = engine;
    return new Input();
  },
  draw: () => new Picture(),
  hud: () => ({ update() {}, clear() {}, show() {} }),
  debug: { get dot() { return { ...dot }; } },
});

// A page in TypeScript, as small as it can be: the arena drawn as dots, and the arrow keys.

import 'ricochet-page/base.css';
import 'ricochet-page/join.css';
import 'ricochet-page/frame.css';

import { newFrame, game, setInput, type GameEvent, type Input } from 'ricochet-arena';
import { Camera } from 'ricochet-page/draw/camera.js';
import { Devices } from 'ricochet-page/input/devices.js';
import { Keyboard } from 'ricochet-page/input/keyboard.js';
import type { Page } from 'ricochet-page/page.js';
import { start, type EngineEvent, type Hud, type Input as Controls, type Picture } from 'ricochet-page/start.js';

type Event = GameEvent | EngineEvent;

/** Directions of thrust, of which a full turn has 64, from 1 on. */
const HEADINGS: Record<string, number> = { ArrowRight: 1, ArrowDown: 17, ArrowLeft: 33, ArrowUp: 49 };

const frame = newFrame({
  Craft: (craft) => {
    if (craft.health > 0) living += 1;
  },
});
/** What a test reads. */
const seen = { x: 0, y: 0, events: new Set<string>(), own: frame.own };
let living = 0;

class Keys implements Controls {
  enabled = false;
  isPressing = false;
  isTouched = false;
  #keyboard: Keyboard;
  #devices: Devices;

  constructor(page: Page) {
    this.#keyboard = new Keyboard(Object.keys(HEADINGS), () => page.isBusy());
    this.#devices = new Devices([this.#keyboard]);
  }

  apply(player: Parameters<typeof setInput>[0]) {
    const code = this.enabled ? Object.keys(HEADINGS).find((code) => this.#keyboard.isDown([code])) : undefined;
    const wanted: Input = { heading: code ? HEADINGS[code] : 0, aim: 0 };
    setInput(player, wanted);
  }

  handleSent() {
    this.#devices.handleSent();
  }

  release() {
    this.#devices.release();
  }
}

class Dots implements Picture<Event> {
  camera = new Camera();
  size: { width: number; height: number } | null = null;
  #context: CanvasRenderingContext2D;

  constructor(page: Page) {
    this.#context = page.canvas.getContext('2d')!;
  }

  setMap(map: { width: number; height: number; tile_px: number } | null) {
    this.size = map && { width: map.width * map.tile_px, height: map.height * map.tile_px };
  }

  read(floats: Float32Array) {
    living = 0;
    frame.read(floats);
    for (const { x, y } of frame.steered('Craft').values()) Object.assign(seen, { x, y });
  }

  draw() {
    const { canvas } = this.#context;
    [canvas.width, canvas.height] = [canvas.clientWidth, canvas.clientHeight];
    this.#context.fillStyle = 'white';
    this.#context.fillText(`${living} fly`, 20, 20);
    this.#context.fillRect(seen.x / 4, seen.y / 4, 10, 10);
  }

  show(event: Event) {
    seen.events.add(event.kind);
    // The union is told apart by its kind.
    if (event.kind === 'killed' && event.weapon === 'rail') console.info(`${event.killer} railed ${event.victim}`);
  }

  setZoom() {}
  clear() {}
  settle() {}
}

const hud: Hud<Event> = {
  update() {},
  clear() {},
  show() {},
  handle: (event) => seen.events.add(event.kind),
};

start<Event>({
  game: {
    ...game,
    name: 'Dots',
    words: { avatar: 'dot', join: 'Be a dot' },
    order: (a, b) => a.player - b.player,
    sideOf: () => undefined,
    lobby: { room: () => ({ facts: 'dots' }) },
    scoreboard: { title: 'Dots', columns: [{ name: 'Seat' }], heading: () => 'All dots', line: ({ player }) => ({ values: [`S${player}`] }) },
  },
  input: (page) => new Keys(page),
  draw: (page) => new Dots(page),
  hud: () => hud,
  debug: {
    get seen() { return { ...seen, own: { ...seen.own }, events: [...seen.events] }; },
  },
});

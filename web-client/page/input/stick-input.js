// The input of a game that is steered by one stick and some buttons: WASD or the arrow keys, a thumb, the left stick of a gamepad.
//
//   input: (page) => new StickInput(page)                                         // the seam's `Stick`
//   input: (page) => new StickInput(page, { buttons: { fire: { keys: ['Space'], pad: [0] } },
//     fields: ({ x, y, fire }) => ({ x: x * 100, y: y * 100, fire }) })           // an input of the game's own

import { inputNumbers } from '../module/layout.js';
import { Devices } from './devices.js';
import { Gamepad } from './gamepad.js';
import { Keyboard } from './keyboard.js';
import { Touch, deflection } from './touch.js';

const MOVES = {
  KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0],
  ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0],
};
/** Part of the way from which a thumb counts. */
const DEAD = 0.15;

/** The fields of the seam's `Stick`, which is in percent. */
export const stickFields = ({ x, y }) => ({ x: Math.round(x * 100), y: Math.round(y * 100) });

export class StickInput {
  enabled = false;
  isPressing = false;
  /** What was wanted last: `x` to the right and `y` down, from -1 to 1, and each button by its name. */
  intent = { x: 0, y: 0 };
  /** The thumbs, for drawing: see `touch.js`. */
  touch;
  #keyboard;
  #pad = new Gamepad();
  #devices;
  #buttons;
  #fields;

  /**
   * `fields` makes the fields of the game's input of an intent. `buttons` has for each name `keys`, codes of the keyboard, and `pad`, buttons
   * of a gamepad; a second tap on the left half of a touch screen presses the first one.
   */
  constructor(page, { fields = stickFields, buttons = {} } = {}) {
    const keys = Object.values(buttons).flatMap(({ keys = [] }) => keys);
    this.#keyboard = new Keyboard([...Object.keys(MOVES), ...keys], () => page.isBusy());
    this.touch = new Touch(page.canvas);
    this.#devices = new Devices([this.#keyboard, this.#pad, this.touch]);
    this.#buttons = Object.entries(buttons);
    this.#fields = fields;
  }

  get isTouched() {
    return this.touch.usedAt > 0 && this.#devices.newest === this.touch;
  }

  apply(player) {
    this.#pad.poll();
    this.intent = this.#read(this.enabled ? this.#devices.newest : null);
    this.isPressing = this.#buttons.some(([name]) => this.intent[name]);
    player.set_input(inputNumbers(this.#fields(this.intent)));
  }

  handleSent() {
    this.#devices.handleSent();
  }

  release() {
    this.#devices.release();
  }

  #read(device) {
    const { x, y } = this.#direction(device);
    const pressed = this.#buttons.map(([name, { keys = [], pad = [] }], index) => [name,
      (device === this.#keyboard && device.isDown(keys)) || (device === this.#pad && device.isDown(pad))
        || (device === this.touch && index === 0 && device.pressed)]);
    return { x, y, ...Object.fromEntries(pressed) };
  }

  #direction(device) {
    if (device === this.#pad) return along(device.left, Number.isNaN(device.left) ? 0 : 1);
    if (device === this.touch) {
      const { part, angle } = deflection(device.left ?? device.right);
      return along(angle, part > DEAD ? part : 0);
    }
    if (device !== this.#keyboard) return along(0, 0);
    let x = 0, y = 0;
    for (const code of device.held) {
      x += MOVES[code]?.[0] ?? 0;
      y += MOVES[code]?.[1] ?? 0;
    }
    return along(Math.atan2(y, x), x || y ? 1 : 0);
  }
}

/** A vector of a length from 0 to 1. */
function along(angle, length) {
  return length === 0 ? { x: 0, y: 0 } : { x: Math.cos(angle) * length, y: Math.sin(angle) * length };
}

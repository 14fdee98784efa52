// The input of a game that is steered by one direction and some buttons: WASD or the arrow keys, a thumb, the left stick of a gamepad, and
// the mouse, if the game gives its position a meaning.
//
//   input: (page) => new StickInput(page)                                         // the seam's `Stick`
//   input: (page) => new StickInput(page, { buttons: { fire: { keys: ['Space'], pad: [0] } },
//     fields: ({ x, y, fire }) => ({ x: x * 100, y: y * 100, fire }) })           // an input of the game's own

import { inputNumbers } from '../module/layout.js';
import { Devices } from './devices.js';
import { Gamepad } from './gamepad.js';
import { Keyboard } from './keyboard.js';
import { Mouse } from './mouse.js';
import { Touch, deflection } from './touch.js';

const MOVES = {
  KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0],
  ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0],
};
/** Dead zone of a thumb's stick, as a part of its radius. */
const DEAD = 0.15;

/** The fields of the seam's `Stick`, which is in percent. */
export const stickFields = ({ x, y }) => ({ x: Math.round(x * 100), y: Math.round(y * 100) });

export class StickInput {
  enabled = false;
  isPressing = false;
  /** The newest intent: `x` to the right and `y` down, from -1 to 1, and each button by its name. */
  intent = { x: 0, y: 0 };
  /** The sticks of a touch screen, for drawing: see `touch.js`. */
  touch;
  #keyboard;
  #mouse = null;
  #pad = new Gamepad();
  #devices;
  #buttons;
  #fields;
  #pointed;
  #moves;

  /**
   * `fields` turns an intent into the fields of the game's input. `buttons` has for each name `keys`, codes of the keyboard, which then steer
   * nothing; `pad`, buttons of a gamepad; `mouse`, a button of the mouse (`LEFT`, `RIGHT`); and `element`, a button of the page for touch
   * screens. A second tap on the left half of a touch screen presses the first button. `pointed(point)` returns the direction that the mouse
   * steers at a point of the screen, `{x, y}` as in the intent. Without it the mouse does not steer.
   */
  constructor(page, { fields = stickFields, buttons = {}, pointed } = {}) {
    const keys = Object.values(buttons).flatMap(({ keys = [] }) => keys);
    this.#moves = Object.entries(MOVES).filter(([code]) => !keys.includes(code));
    this.#keyboard = new Keyboard([...this.#moves.map(([code]) => code), ...keys], () => page.isBusy());
    if (pointed) this.#mouse = new Mouse(page.canvas);
    this.touch = new Touch(page.canvas, ...Object.values(buttons).map(({ element }) => element).filter(Boolean));
    this.#devices = new Devices([this.#keyboard, this.#mouse, this.#pad, this.touch].filter(Boolean));
    this.#buttons = Object.entries(buttons);
    this.#fields = fields;
    this.#pointed = pointed;
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
    const isDown = ({ keys = [], pad = [], mouse = 0, element }, index) => (this.#isDesk(device) && (this.#keyboard.isDown(keys) || Boolean(this.#mouse?.isDown(mouse))))
      || (device === this.#pad && device.isDown(pad))
      || (device === this.touch && ((index === 0 && device.pressed) || (element !== undefined && device.isDown(element))));
    return { x, y, ...Object.fromEntries(this.#buttons.map(([name, button], index) => [name, isDown(button, index)])) };
  }

  /** Keyboard and mouse count as one device, so that a key press does not release the mouse. */
  #isDesk(device) {
    return device !== null && (device === this.#keyboard || device === this.#mouse);
  }

  #direction(device) {
    if (device === this.#pad) return along(device.left, Number.isNaN(device.left) ? 0 : 1);
    if (device === this.touch) {
      const { part, angle } = deflection(device.left ?? device.right);
      return along(angle, part > DEAD ? part : 0);
    }
    if (!this.#isDesk(device)) return along(0, 0);
    let x = 0, y = 0;
    for (const [code, [right, down]] of this.#moves) {
      if (!this.#keyboard.held.has(code)) continue;
      x += right;
      y += down;
    }
    if (x === 0 && y === 0 && this.#mouse?.point) return this.#pointed(this.#mouse.point);
    return along(Math.atan2(y, x), x || y ? 1 : 0);
  }
}

/** Vector of a direction and a length from 0 to 1. */
function along(angle, length) {
  return length === 0 ? { x: 0, y: 0 } : { x: Math.cos(angle) * length, y: Math.sin(angle) * length };
}

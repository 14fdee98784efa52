// What the player wants, from whichever device was used last: a point that the cells swim to, to split, to eject.

import { Devices } from 'ricochet-page/input/devices.js';
import { Gamepad } from 'ricochet-page/input/gamepad.js';
import { Keyboard } from 'ricochet-page/input/keyboard.js';
import { LEFT, Mouse, RIGHT } from 'ricochet-page/input/mouse.js';
import { Touch, deflection } from 'ricochet-page/input/touch.js';
import { inputNumbers } from 'ricochet-page/module/layout.js';

const WAYS = { ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0] };
const SPLITS = ['Space'], EJECTS = ['KeyW'];
/** Buttons of a standard gamepad: A or the right trigger, X or the left one. */
const PAD_SPLITS = [0, 7], PAD_EJECTS = [2, 6];
/** Steps of distance that count as far, whatever the game's step is. */
const FAR = 255;

export class Controls {
  enabled = false;
  /** The newest wish: `{aim, reach, split, eject}`. */
  wish = { aim: 0, reach: 0, split: false, eject: false };
  #aimAt;
  #keyboard;
  #mouse;
  #pad = new Gamepad();
  #touch;
  #devices;

  /** `aimAt(point)` gives direction and steps of distance from the cells to a point of the screen. */
  constructor({ canvas, split, eject, isBusy, aimAt }) {
    this.#aimAt = aimAt;
    this.#keyboard = new Keyboard([...Object.keys(WAYS), ...SPLITS, ...EJECTS], isBusy);
    this.#mouse = new Mouse(canvas);
    this.#touch = new Touch(canvas, split, eject);
    this.#devices = new Devices([this.#mouse, this.#keyboard, this.#pad, this.#touch]);
    this.buttons = { split, eject };
  }

  get isTouched() {
    return this.#touch.usedAt > 0 && this.#devices.newest === this.#touch;
  }

  get isPressing() {
    return this.wish.split || this.wish.eject;
  }

  /** Sticks of a touch screen, for drawing. */
  get sticks() {
    return [this.#touch.left, this.#touch.right].filter(Boolean);
  }

  apply(player) {
    this.#pad.poll();
    const still = { aim: this.wish.aim, reach: 0, split: false, eject: false };
    this.wish = this.enabled ? { ...still, ...this.#towards(this.#devices.newest), ...this.#pressed() } : still;
    player.set_input(inputNumbers(this.wish));
  }

  handleSent() {
    this.#devices.handleSent();
  }

  release() {
    this.#devices.release();
  }

  #towards(device) {
    if (device === this.#pad) return Number.isNaN(this.#pad.left) ? {} : { aim: this.#pad.left, reach: FAR };
    if (device === this.#touch) {
      const { part, angle } = deflection(this.#touch.left ?? this.#touch.right);
      return part > 0.1 ? { aim: angle, reach: part * 40 } : {};
    }
    let dx = 0, dy = 0;
    for (const code of this.#keyboard.held) {
      dx += WAYS[code]?.[0] ?? 0;
      dy += WAYS[code]?.[1] ?? 0;
    }
    if (dx || dy) return { aim: Math.atan2(dy, dx), reach: FAR };
    return this.#mouse.point ? this.#aimAt(this.#mouse.point) : {};
  }

  #pressed() {
    const { split, eject } = this.buttons;
    return {
      split: this.#keyboard.isDown(SPLITS) || this.#mouse.isDown(LEFT) || this.#pad.isDown(PAD_SPLITS) || this.#touch.isDown(split),
      eject: this.#keyboard.isDown(EJECTS) || this.#mouse.isDown(RIGHT) || this.#pad.isDown(PAD_EJECTS) || this.#touch.isDown(eject),
    };
  }
}

// What the player wants, from whichever device was used last.

import { Desk } from './desk.js';
import { Gamepad } from './gamepad.js';
import { Touch } from './touch.js';

const FIRE = 1, DASH = 2;

export class Controls {
  /** Where the own craft is on the screen, in CSS pixels. */
  origin = { x: 0, y: 0, aim: 0 };
  /** No intent is made while something else has the keys. */
  enabled = false;
  /** The newest intent, for drawing the gun without waiting for a tick. */
  intent = { heading: NaN, aim: 0, fire: false, dash: false };

  #desk;
  #pad = new Gamepad();
  #devices;

  constructor(surface, dashButton, typing) {
    this.touch = new Touch(surface, dashButton);
    this.#desk = new Desk(surface, typing);
    this.#devices = [this.#desk, this.#pad, this.touch];
    // What is released elsewhere is never reported here.
    addEventListener('blur', () => this.release());
    document.addEventListener('visibilitychange', () => this.release());
  }

  get touched() {
    return this.touch.usedAt > 0 && this.#newest() === this.touch;
  }

  /** Where the mouse aims, if it is what aims. */
  get pointer() {
    return this.#newest() === this.#desk ? this.#desk.pointer : null;
  }

  /** The intent for the next tick: heading (not a number: none), aim, buttons. */
  sample() {
    this.#pad.poll();
    const device = this.#newest();
    if (this.enabled) {
      this.intent = device.intent({ ...this.origin, aim: this.intent.aim });
    } else {
      this.intent = { heading: NaN, aim: this.intent.aim, fire: false, dash: false };
    }
    const { heading, aim, fire, dash } = this.intent;
    return { heading, aim, buttons: (fire ? FIRE : 0) + (dash ? DASH : 0) };
  }

  /** The newest intent went into an input. */
  handleSent() {
    for (const device of this.#devices) device.handleSent();
  }

  /** Lets go of everything. */
  release() {
    for (const device of this.#devices) device.release();
  }

  #newest() {
    return this.#devices.reduce((newest, device) => (device.usedAt > newest.usedAt ? device : newest));
  }
}

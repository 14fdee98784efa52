// What the player wants, from whichever device was used last.

import { Devices } from 'ricochet-page/input/devices.js';
import { Desk } from './desk.js';
import { Pad } from './pad.js';
import { Thumbs } from './thumbs.js';

const FIRE = 1, DASH = 2;

export class Controls {
  /** Where the own craft is on the screen, in CSS pixels. */
  origin = { x: 0, y: 0, aim: 0 };
  /** No intent is made while something else has the keys. */
  enabled = false;
  /** The newest intent, for drawing the gun without waiting for a tick: heading (not a number: none), aim, buttons. */
  intent = { heading: NaN, aim: 0, fire: false, dash: false };

  #desk;
  #pad = new Pad();
  #devices;

  /** `isBusy` says whether something else has the keys now. */
  constructor(surface, dashButton, isBusy) {
    this.touch = new Thumbs(surface, dashButton);
    this.#desk = new Desk(surface, isBusy);
    this.#devices = new Devices([this.#desk, this.#pad, this.touch]);
  }

  get isTouched() {
    return this.touch.usedAt > 0 && this.#devices.newest === this.touch;
  }

  /** Whether a shot is wanted: a mouse that fires passes over buttons. */
  get isPressing() {
    return this.intent.fire;
  }

  /** Where the mouse aims, if it is what aims. */
  get pointer() {
    return this.#devices.newest === this.#desk ? this.#desk.pointer : null;
  }

  /** Puts the intent for the next tick into the module's player. */
  apply(player) {
    this.#pad.poll();
    const device = this.#devices.newest;
    if (this.enabled) {
      this.intent = device.intent({ ...this.origin, aim: this.intent.aim });
    } else {
      this.intent = { heading: NaN, aim: this.intent.aim, fire: false, dash: false };
    }
    const { heading, aim, fire, dash } = this.intent;
    player.set_intent(heading, aim, (fire ? FIRE : 0) + (dash ? DASH : 0));
  }

  /** The newest intent went into an input. */
  handleSent() {
    this.#devices.handleSent();
  }

  /** Lets go of everything. */
  release() {
    this.#devices.release();
  }
}

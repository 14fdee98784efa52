// The player's intent, from the device that was used last.

import { Devices } from 'ricochet-page/input/devices.js';
import { Desk } from './desk.js';
import { Pad } from './pad.js';
import { Thumbs } from './thumbs.js';

const FIRE = 1, DASH = 2;

export class Controls {
  /** Position of the own craft on the screen, in CSS pixels. */
  origin = { x: 0, y: 0, aim: 0 };
  /** The engine sets it. While it is false the intent is to do nothing. */
  enabled = false;
  /** The newest intent, for drawing the gun without waiting for a tick: heading (NaN for none), aim, buttons. */
  intent = { heading: NaN, aim: 0, fire: false, dash: false };

  #desk;
  #pad = new Pad();
  #devices;

  /** `isBusy` returns true while another part of the page has the keys. */
  constructor(surface, dashButton, isBusy) {
    this.touch = new Thumbs(surface, dashButton);
    this.#desk = new Desk(surface, isBusy);
    this.#devices = new Devices([this.#desk, this.#pad, this.touch]);
  }

  get isTouched() {
    return this.touch.usedAt > 0 && this.#devices.newest === this.touch;
  }

  /** True while the player fires. A mouse that fires passes over buttons of the page. */
  get isPressing() {
    return this.intent.fire;
  }

  /** Position of the mouse, if the mouse was used last; else null. */
  get pointer() {
    return this.#devices.newest === this.#desk ? this.#desk.pointer : null;
  }

  /** Passes the intent for the next tick to the module's player. */
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

  /** The newest intent was sent in an input. */
  handleSent() {
    this.#devices.handleSent();
  }

  /** Releases all keys and buttons. */
  release() {
    this.#devices.release();
  }
}

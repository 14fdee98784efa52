// A gamepad: the left stick flies, the right one aims, the right trigger fires, A or the left trigger dashes.

import { Gamepad } from 'ricochet-page/input/gamepad.js';

const FIRE_BUTTONS = [7, 5];
const DASH_BUTTONS = [0, 6, 4];

export class Pad extends Gamepad {
  #aim = 0;

  intent() {
    const fire = this.isDown(FIRE_BUTTONS);
    if (!Number.isNaN(this.right)) this.#aim = this.right;
    else if (!Number.isNaN(this.left) && !fire) this.#aim = this.left;
    return { heading: this.left, aim: this.#aim, fire, dash: this.isDown(DASH_BUTTONS) };
  }
}

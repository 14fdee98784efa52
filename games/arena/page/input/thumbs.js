// Touch: the left stick flies, the right one aims and, pushed out, fires; a second tap on the left half, or the button,
// dashes.

import { Touch, deflection } from 'ricochet-page/input/touch.js';

/** Dead zone of a stick, and the deflection from which the right one fires, as parts of the radius. */
const DEAD = 0.18, FIRES = 0.55;

export class Thumbs extends Touch {
  #aim = 0;

  intent() {
    const fly = deflection(this.left), aim = deflection(this.right);
    const heading = fly.part > DEAD ? fly.angle : NaN;
    if (aim.part > DEAD) this.#aim = aim.angle;
    else if (!Number.isNaN(heading)) this.#aim = heading;
    return { heading, aim: this.#aim, fire: aim.part > FIRES, dash: this.pressed };
  }
}

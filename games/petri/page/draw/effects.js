// Effects: swallowed things slip into the cell that swallows them, and a ring spreads from the place of a swallowed cell.

import { coloursOf } from '../palette.js';

const SLIP_S = 0.22, RING_S = 0.6;
/** Bound of the effects. Nobody sees more of them in a crowd. */
const MOST = 200;

export class Effects {
  #slips = [];
  #rings = [];

  get counts() {
    return { slips: this.#slips.length, rings: this.#rings.length };
  }

  swallow(thing) {
    if (this.#slips.length < MOST) this.#slips.push({ ...thing, age: 0 });
    thing.into.stirred = Math.min(1, thing.into.stirred + Math.min(0.6, thing.radius / thing.into.radius));
  }

  ring(x, y, radius, hue) {
    if (this.#rings.length < MOST) this.#rings.push({ x, y, radius, hue, age: 0 });
  }

  clear() {
    this.#slips = [];
    this.#rings = [];
  }

  draw(context, seconds) {
    this.#slips = this.#slips.filter((slip) => (slip.age += seconds / SLIP_S) < 1);
    for (const { x, y, radius, hue, into, age } of this.#slips) {
      const part = age * age;
      context.fillStyle = coloursOf(hue)[0];
      context.beginPath();
      context.arc(x + (into.x - x) * part, y + (into.y - y) * part, radius * (1 - part), 0, 2 * Math.PI);
      context.fill();
    }
    this.#rings = this.#rings.filter((ring) => (ring.age += seconds / RING_S) < 1);
    for (const { x, y, radius, hue, age } of this.#rings) {
      context.globalAlpha = (1 - age) ** 2;
      context.lineWidth = 8 * (1 - age);
      context.strokeStyle = coloursOf(hue)[1];
      context.beginPath();
      context.arc(x, y, radius * (0.9 + age), 0, 2 * Math.PI);
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}

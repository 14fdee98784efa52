// Keyboard and mouse as one device: the keys fly, the mouse aims and fires, space or the right button dashes.

import { Keyboard } from './keyboard.js';
import { Mouse } from './mouse.js';

export class Desk {
  usedAt = 0;
  #keyboard;
  #mouse;

  constructor(surface, typing) {
    this.#keyboard = new Keyboard(typing);
    this.#mouse = new Mouse(surface);
    this.#keyboard.onUse = this.#mouse.onUse = () => this.usedAt = performance.now();
  }

  get pointer() {
    return this.#mouse.point;
  }

  /** `x`, `y`: where the craft is on the screen, to aim from there. */
  intent({ x, y, aim }) {
    const { dx, dy, fire, dash } = this.#keyboard.wanted;
    const heading = dx || dy ? Math.atan2(dy, dx) : NaN;
    const point = this.#mouse.point;
    const aimed = point ? Math.atan2(point.y - y, point.x - x) : Number.isNaN(heading) ? aim : heading;
    return { heading, aim: aimed, fire: fire || this.#mouse.fire, dash: dash || this.#mouse.dash };
  }

  handleSent() {
    this.#keyboard.handleSent();
    this.#mouse.handleSent();
  }

  release() {
    this.#keyboard.release();
    this.#mouse.release();
  }
}

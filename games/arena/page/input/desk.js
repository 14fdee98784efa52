// Keyboard and mouse as one device: WASD or arrows fly, the mouse aims and fires, space or the right button dashes, and F
// fires, too. Without a mouse the gun points in the direction of flight.

import { Keyboard } from 'ricochet-page/input/keyboard.js';
import { LEFT, Mouse, RIGHT } from 'ricochet-page/input/mouse.js';

const MOVES = {
  KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0],
  ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0],
};
const DASHES = ['Space', 'ShiftLeft', 'ShiftRight'];
/** Keys that fire, for players without a mouse. */
const FIRES = ['KeyF', 'ControlRight'];

export class Desk {
  #keyboard;
  #mouse;

  /** `isBusy` returns true while another part of the page has the keys. */
  constructor(surface, isBusy) {
    this.#keyboard = new Keyboard([...Object.keys(MOVES), ...DASHES, ...FIRES], isBusy);
    this.#mouse = new Mouse(surface);
  }

  get usedAt() {
    return Math.max(this.#keyboard.usedAt, this.#mouse.usedAt);
  }

  get pointer() {
    return this.#mouse.point;
  }

  /** `x` and `y` are the position of the craft on the screen, from which the mouse aims. */
  intent({ x, y, aim }) {
    let dx = 0, dy = 0;
    for (const code of this.#keyboard.held) {
      dx += MOVES[code]?.[0] ?? 0;
      dy += MOVES[code]?.[1] ?? 0;
    }
    const heading = dx || dy ? Math.atan2(dy, dx) : NaN;
    const point = this.#mouse.point;
    const aimed = point ? Math.atan2(point.y - y, point.x - x) : Number.isNaN(heading) ? aim : heading;
    return {
      heading,
      aim: aimed,
      fire: this.#keyboard.isDown(FIRES) || this.#mouse.isDown(LEFT),
      dash: this.#keyboard.isDown(DASHES) || this.#mouse.isDown(RIGHT),
    };
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

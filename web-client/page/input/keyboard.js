// Keyboard and mouse: WASD or arrows fly, the mouse aims and fires, space or the right button dashes.

const MOVES = {
  KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0],
  ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0],
};
const DASHES = ['Space', 'ShiftLeft', 'ShiftRight'];
/** Fires without a mouse, where the craft looks. */
const FIRES = ['KeyF', 'ControlRight'];

export class Keyboard {
  usedAt = 0;
  /** Where the mouse is, in CSS pixels, once it moved. */
  pointer = null;
  #held = new Set();
  #fire = false;
  #dash = false;
  #pressed = { fire: false, dash: false };

  constructor(surface, typing) {
    addEventListener('keydown', (event) => {
      if (typing() || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!(event.code in MOVES) && !DASHES.includes(event.code) && !FIRES.includes(event.code)) return;
      event.preventDefault();
      this.#use();
      this.#held.add(event.code);
      if (DASHES.includes(event.code) && !event.repeat) this.#pressed.dash = true;
      if (FIRES.includes(event.code)) this.#pressed.fire = true;
    });
    addEventListener('keyup', (event) => this.#held.delete(event.code));
    surface.addEventListener('pointermove', (event) => this.#point(event));
    surface.addEventListener('pointerdown', (event) => this.#press(event, true));
    addEventListener('pointerup', (event) => event.pointerType === 'mouse' && this.#press(event, false));
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    // Keys let go elsewhere are never told.
    addEventListener('blur', () => this.release());
  }

  release() {
    this.#held.clear();
    this.#fire = this.#dash = false;
  }

  /** Where the craft is on the screen, to aim from there. */
  intent({ x, y, aim }) {
    let dx = 0, dy = 0;
    for (const code of this.#held) {
      dx += MOVES[code]?.[0] ?? 0;
      dy += MOVES[code]?.[1] ?? 0;
    }
    const heading = dx || dy ? Math.atan2(dy, dx) : NaN;
    const aimed = this.pointer ? Math.atan2(this.pointer.y - y, this.pointer.x - x) : Number.isNaN(heading) ? aim : heading;
    const held = (codes) => codes.some((code) => this.#held.has(code));
    return {
      heading,
      aim: aimed,
      fire: this.#fire || this.#pressed.fire || held(FIRES),
      dash: this.#dash || this.#pressed.dash || held(DASHES),
    };
  }

  handleSent() {
    this.#pressed.fire = this.#pressed.dash = false;
  }

  #point(event) {
    if (event.pointerType !== 'mouse') return;
    this.#use();
    this.pointer = { x: event.clientX, y: event.clientY };
  }

  #press(event, down) {
    if (event.pointerType !== 'mouse') return;
    if (down) this.#point(event);
    if (event.button === 2) {
      this.#dash = down;
      this.#pressed.dash ||= down;
    } else if (event.button === 0) {
      this.#fire = down;
      this.#pressed.fire ||= down;
    }
  }

  #use() {
    this.usedAt = performance.now();
  }
}

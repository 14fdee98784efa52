// Touch: a stick appears under each thumb. A second tap on the left half counts as a press of the first button.

/** Largest deflection of a stick, CSS pixels. */
export const STICK_RADIUS = 56;
const DOUBLE_TAP_MS = 280;

export class Touch {
  usedAt = 0;
  /** Sticks by side, for drawing: `{x, y, dx, dy}` in CSS pixels, or null. */
  left = null;
  right = null;
  /** Buttons that were pressed since the last input, and those that are held. */
  #pressed = new Set();
  #held = new Set();
  #first;
  #tappedAt = 0;

  /** Buttons are elements of the page; a game may have none, or several. */
  constructor(surface, ...buttons) {
    this.#first = buttons[0];
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    for (const kind of ['pointerup', 'pointercancel']) surface.addEventListener(kind, (event) => this.#up(event));
    for (const button of buttons) {
      button.addEventListener('pointerdown', (event) => {
        event.preventDefault();
        this.#use();
        this.#pressed.add(button);
        this.#held.add(button);
      });
      for (const kind of ['pointerup', 'pointercancel', 'pointerleave']) button.addEventListener(kind, () => this.#held.delete(button));
    }
  }

  /** True if the first button was pressed since the last input. */
  get pressed() {
    return this.#pressed.has(this.#first);
  }

  /** Returns true if a button is held, or was pressed since the last input. */
  isDown(button) {
    return this.#pressed.has(button) || this.#held.has(button);
  }

  release() {
    this.left = this.right = null;
    this.#held.clear();
    this.#pressed.clear();
  }

  handleSent() {
    this.#pressed.clear();
  }

  #down(event) {
    if (event.pointerType === 'mouse') return;
    event.preventDefault();
    this.#use();
    const stick = { id: event.pointerId, x: event.clientX, y: event.clientY, dx: 0, dy: 0 };
    if (event.clientX > innerWidth / 2) {
      this.right ??= stick;
    } else if (!this.left) {
      this.left = stick;
      if (event.timeStamp - this.#tappedAt < DOUBLE_TAP_MS) this.#pressed.add(this.#first);
      this.#tappedAt = event.timeStamp;
    }
  }

  #move(event) {
    const stick = [this.left, this.right].find((stick) => stick?.id === event.pointerId);
    if (!stick) return;
    this.#use();
    stick.dx = event.clientX - stick.x;
    stick.dy = event.clientY - stick.y;
    // A thumb that moves beyond the radius pulls the whole stick along.
    const excess = Math.hypot(stick.dx, stick.dy) / STICK_RADIUS;
    if (excess > 1) {
      stick.x += stick.dx * (1 - 1 / excess);
      stick.y += stick.dy * (1 - 1 / excess);
      stick.dx /= excess;
      stick.dy /= excess;
    }
  }

  #up(event) {
    if (this.left?.id === event.pointerId) this.left = null;
    if (this.right?.id === event.pointerId) this.right = null;
  }

  #use() {
    this.usedAt = performance.now();
  }
}

/** Deflection of a stick as a part of its radius, and its direction, radians clockwise from the right. */
export function deflection(stick) {
  if (!stick) return { part: 0, angle: 0 };
  return { part: Math.hypot(stick.dx, stick.dy) / STICK_RADIUS, angle: Math.atan2(stick.dy, stick.dx) };
}

// Touch: a stick appears under each thumb. The left one flies, the right one aims and, pushed out, fires; a second tap
// on the left half, or the button, dashes.

const RADIUS = 56;
/** Part of the radius from which a stick counts, and from which the right one fires. */
const DEAD = 0.18, FIRES = 0.55;
const DOUBLE_TAP_MS = 280;

export class Touch {
  usedAt = 0;
  /** Sticks by side, for drawing: `{x, y, dx, dy}` in CSS pixels, or null. */
  left = null;
  right = null;
  #aim = 0;
  #dash = false;
  #tappedAt = 0;

  constructor(surface, dashButton) {
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#move(event));
    for (const kind of ['pointerup', 'pointercancel']) surface.addEventListener(kind, (event) => this.#up(event));
    dashButton.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      this.#use();
      this.#dash = true;
    });
  }

  release() {
    this.left = this.right = null;
    this.#dash = false;
  }

  intent() {
    const fly = deflection(this.left), aim = deflection(this.right);
    const heading = fly.part > DEAD ? fly.angle : NaN;
    if (aim.part > DEAD) this.#aim = aim.angle;
    else if (!Number.isNaN(heading)) this.#aim = heading;
    return { heading, aim: this.#aim, fire: aim.part > FIRES, dash: this.#dash };
  }

  handleSent() {
    this.#dash = false;
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
      if (event.timeStamp - this.#tappedAt < DOUBLE_TAP_MS) this.#dash = true;
      this.#tappedAt = event.timeStamp;
    }
  }

  #move(event) {
    const stick = [this.left, this.right].find((stick) => stick?.id === event.pointerId);
    if (!stick) return;
    this.#use();
    stick.dx = event.clientX - stick.x;
    stick.dy = event.clientY - stick.y;
    // A thumb that goes on pulls its stick along.
    const excess = Math.hypot(stick.dx, stick.dy) / RADIUS;
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

function deflection(stick) {
  if (!stick) return { part: 0, angle: 0 };
  return { part: Math.hypot(stick.dx, stick.dy) / RADIUS, angle: Math.atan2(stick.dy, stick.dx) };
}

export { RADIUS as STICK_RADIUS };

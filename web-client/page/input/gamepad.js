// A gamepad of the standard mapping: the directions of its two sticks, and its buttons.

const DEAD_ZONE = 0.25;
/** Change of an axis that counts as a movement. A stick at rest trembles by less. */
const MOVED = 0.15;
/** A stick of a new pad counts as held if it is at least this far out; if it is less far out it drifts. */
const HELD = 0.6;

export class Gamepad {
  /** Time of the last change of a pad's state. A stick that drifts or is stuck must not take the controls from other devices. */
  usedAt = 0;
  /** Directions of the sticks, radians clockwise from the right; NaN while a stick rests. */
  left = NaN;
  right = NaN;
  #pressed = NOTHING;
  /** Axes and buttons of each pad at its last change. */
  #known = new Map();
  /** The pad that the player uses; null until the state of one changes. */
  #used = null;
  /** True if the browser throws on reading pads, because the host forbids gamepads for its pages. */
  #forbidden = false;

  /** Releases all sticks and buttons. A stick that stays out does nothing until it is moved. */
  release() {
    this.#used = null;
    this.#rest();
  }

  /** Reads the pads. Browsers send no events for their axes and buttons. */
  poll() {
    // Unlike keys, a pad has no focus. A player who uses another window does not play here.
    if (document.hidden || !document.hasFocus()) return this.release();
    const readings = new Map();
    for (const pad of this.#pads()) {
      if (!pad?.connected || pad.mapping !== 'standard') continue;
      const now = readingOf(pad);
      readings.set(pad.index, now);
      if (!this.#changed(pad.index, now)) continue;
      this.#known.set(pad.index, now);
      this.#used = pad.index;
      this.usedAt = performance.now();
    }
    for (const index of this.#known.keys()) {
      if (!readings.has(index)) this.#known.delete(index);
    }
    const used = readings.get(this.#used);
    if (!used) return this.#rest();
    const [leftX, leftY, rightX, rightY] = used.axes;
    this.left = angle(leftX, leftY);
    this.right = angle(rightX, rightY);
    this.#pressed = used.pressed;
  }

  /** Returns true if one of these buttons is held. They are numbers of the standard mapping. */
  isDown(buttons) {
    return buttons.some((button) => this.#pressed[button]);
  }

  handleSent() {}

  #rest() {
    this.left = this.right = NaN;
    this.#pressed = NOTHING;
  }

  #pads() {
    if (this.#forbidden) return [];
    try {
      return navigator.getGamepads?.() ?? [];
    } catch {
      this.#forbidden = true;
      return [];
    }
  }

  #changed(index, now) {
    const known = this.#known.get(index);
    if (!known) {
      const held = now.axes.map((value) => (Math.abs(value) > HELD ? 0 : value));
      this.#known.set(index, { axes: held, pressed: now.pressed.map(() => false) });
      return this.#changed(index, now);
    }
    return now.pressed.some((pressed, button) => pressed !== Boolean(known.pressed[button]))
      || now.axes.some((value, axis) => Math.abs(value - known.axes[axis]) > MOVED);
  }
}

function readingOf(pad) {
  // Some drivers report impossible values. They count as the middle.
  const axes = [0, 1, 2, 3].map((axis) => (Math.abs(pad.axes[axis]) <= 1.01 ? pad.axes[axis] : 0));
  return { axes, pressed: [...pad.buttons].map((button) => Boolean(button?.pressed)) };
}

function angle(x, y) {
  return Math.hypot(x, y) > DEAD_ZONE ? Math.atan2(y, x) : NaN;
}

const NOTHING = [];

// A gamepad: the left stick flies, the right one aims, the right trigger fires, A or the left trigger dashes.

const FIRE_BUTTONS = [7, 5];
const DASH_BUTTONS = [0, 6, 4];
const DEAD_ZONE = 0.25;

export class Gamepad {
  usedAt = 0;
  #aim = 0;
  #state = IDLE;

  release() {}

  /** Reads the pads: browsers tell nothing by themselves. */
  poll() {
    for (const pad of navigator.getGamepads?.() ?? []) {
      if (!pad?.connected || pad.mapping !== 'standard') continue;
      const state = this.#read(pad);
      if (state.used) {
        this.usedAt = performance.now();
        this.#state = state;
        return;
      }
    }
    this.#state = IDLE;
  }

  intent() {
    const { heading, aim, fire, dash } = this.#state;
    if (!Number.isNaN(aim)) this.#aim = aim;
    else if (!Number.isNaN(heading) && !fire) this.#aim = heading;
    return { heading, aim: this.#aim, fire, dash };
  }

  handleSent() {}

  #read(pad) {
    const [lx = 0, ly = 0, rx = 0, ry = 0] = pad.axes;
    const pressed = (buttons) => buttons.some((button) => pad.buttons[button]?.pressed);
    const heading = angle(lx, ly), aim = angle(rx, ry);
    const fire = pressed(FIRE_BUTTONS), dash = pressed(DASH_BUTTONS);
    return { heading, aim, fire, dash, used: fire || dash || !Number.isNaN(heading) || !Number.isNaN(aim) };
  }
}

function angle(x, y) {
  return Math.hypot(x, y) > DEAD_ZONE ? Math.atan2(y, x) : NaN;
}

const IDLE = { heading: NaN, aim: NaN, fire: false, dash: false };

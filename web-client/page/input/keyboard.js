// Keys: WASD or arrows fly, space dashes, F fires where the craft looks. What is held, by the place of the key.

export const MOVES = {
  KeyW: [0, -1], KeyA: [-1, 0], KeyS: [0, 1], KeyD: [1, 0],
  ArrowUp: [0, -1], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowRight: [1, 0],
};
const DASHES = ['Space', 'ShiftLeft', 'ShiftRight'];
/** Fires without a mouse, where the craft looks. */
const FIRES = ['KeyF', 'ControlRight'];
/** While these are held, systems report no release of other keys. */
const METAS = ['MetaLeft', 'MetaRight', 'OSLeft', 'OSRight'];

export class Keyboard {
  /** Called when a key of the game is pressed. */
  onUse = () => {};
  #held = new Set();
  #pressed = { fire: false, dash: false };

  /** `typing` says whether something else has the keys now. */
  constructor(typing) {
    addEventListener('keydown', (event) => this.#down(event, typing));
    addEventListener('keyup', ({ code }) => {
      this.#held.delete(code);
      if (METAS.includes(code)) this.release();
    });
  }

  release() {
    this.#held.clear();
    this.handleSent();
  }

  /** What the keys ask for: `dx`, `dy` of the thrust, `fire`, `dash`. */
  get wanted() {
    let dx = 0, dy = 0;
    for (const code of this.#held) {
      dx += MOVES[code]?.[0] ?? 0;
      dy += MOVES[code]?.[1] ?? 0;
    }
    const held = (codes) => codes.some((code) => this.#held.has(code));
    return { dx, dy, fire: this.#pressed.fire || held(FIRES), dash: this.#pressed.dash || held(DASHES) };
  }

  /** A key that was pressed and released between two ticks counts for one. */
  handleSent() {
    this.#pressed.fire = this.#pressed.dash = false;
  }

  #down(event, typing) {
    const { code, repeat } = event;
    if (METAS.includes(code)) return this.release();
    // Shortcuts of the system stay. Control is no shortcut here: some players hold it by habit, and the right one fires.
    if (typing() || event.metaKey || event.altKey) return;
    if (!(code in MOVES) && !DASHES.includes(code) && !FIRES.includes(code)) return;
    event.preventDefault();
    this.onUse();
    // A key that was down before the game began, or before `release`, repeats: it is held.
    this.#held.add(code);
    if (repeat) return;
    if (DASHES.includes(code)) this.#pressed.dash = true;
    if (FIRES.includes(code)) this.#pressed.fire = true;
  }
}

// Keys by their place on the keyboard: those of the game that are held, and those that were pressed since the last input.

/** While these are held, systems report no release of other keys. */
const METAS = ['MetaLeft', 'MetaRight', 'OSLeft', 'OSRight'];

export class Keyboard {
  usedAt = 0;
  /** Called when a key of the game is pressed. */
  onUse = () => {};
  /** Codes of the game's keys that are held. */
  held = new Set();
  #pressed = new Set();
  #codes;

  /** `codes` are those of the game's keys. `isBusy` returns true while another part of the page has the keys. */
  constructor(codes, isBusy) {
    this.#codes = new Set(codes);
    addEventListener('keydown', (event) => this.#down(event, isBusy));
    addEventListener('keyup', ({ code }) => {
      this.held.delete(code);
      if (METAS.includes(code)) this.release();
    });
  }

  /** Returns true if one of these keys is held, or was pressed since the last input. */
  isDown(codes) {
    return codes.some((code) => this.held.has(code) || this.#pressed.has(code));
  }

  release() {
    this.held.clear();
    this.handleSent();
  }

  /** The intent was sent in an input. A key that was pressed and released between two ticks counts for one input. */
  handleSent() {
    this.#pressed.clear();
  }

  #down(event, isBusy) {
    const { code, repeat } = event;
    if (METAS.includes(code)) return this.release();
    // Shortcuts of the system keep working. Control is not treated as one: some players hold it by habit, and games use the right Control key.
    if (isBusy() || event.metaKey || event.altKey || !this.#codes.has(code)) return;
    event.preventDefault();
    this.usedAt = performance.now();
    this.onUse();
    // A key that was down before the game began, or before `release`, repeats, so it is held.
    this.held.add(code);
    if (!repeat) this.#pressed.add(code);
  }
}

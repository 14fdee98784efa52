// The mouse: where it points, and which of its buttons are held.
//
// The browser reports `pointerdown` for the first button and `pointerup` for the last one only; what happens in between is
// a `pointermove` with other `buttons`. An event may also be missed, when a button is released outside the window. So
// every event of a mouse is compared with the one before, whatever its type and wherever it happens.

/** Bits of the buttons, as browsers number them. */
export const LEFT = 1, RIGHT = 2;

export class Mouse {
  usedAt = 0;
  /** Called when the mouse moves or a button is pressed. */
  onUse = () => {};
  /** Where the mouse is, in CSS pixels, once it moved. */
  point = null;
  #surface;
  /** Buttons that are down, and those of them that were pressed on the surface: only these play. */
  #down = 0;
  #armed = 0;
  #pressed = 0;

  constructor(surface) {
    this.#surface = surface;
    for (const type of ['pointerdown', 'pointermove', 'pointerup', 'pointerover', 'pointercancel']) {
      addEventListener(type, (event) => this.#handle(event), true);
    }
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  /** Whether a button is held, or was pressed since the last input. */
  isDown(button) {
    return ((this.#armed | this.#pressed) & button) !== 0;
  }

  /** Lets go. A button that stays down does nothing until it is pressed again. */
  release() {
    this.#armed = this.#pressed = 0;
  }

  /** A button that was pressed and released between two ticks counts for one. */
  handleSent() {
    this.#pressed = 0;
  }

  #handle(event) {
    if (event.pointerType !== 'mouse') return;
    const buttons = event.type === 'pointercancel' ? 0 : event.buttons;
    const fresh = event.target === this.#surface ? buttons & ~this.#down : 0;
    this.#down = buttons;
    this.#armed = (this.#armed | fresh) & buttons;
    this.#pressed |= fresh & (LEFT | RIGHT);
    // Browsers also send a move when only what is below the mouse has changed.
    const moved = this.point?.x !== event.clientX || this.point?.y !== event.clientY;
    if (moved && event.type !== 'pointercancel') this.point = { x: event.clientX, y: event.clientY };
    if (!moved && !fresh) return;
    this.usedAt = performance.now();
    this.onUse();
  }
}

// The mouse: its position, and its buttons that are held.
//
// The browser reports `pointerdown` for the first button and `pointerup` for the last one only. A change in between is
// a `pointermove` with other `buttons`. Events are also missing when a button is released outside the window. So
// every event of a mouse is compared with the one before, whatever its type and wherever it happens.

/** Bits of the buttons, as browsers number them. */
export const LEFT = 1, RIGHT = 2;

export class Mouse {
  usedAt = 0;
  /** Called when the mouse moves or a button is pressed. */
  onUse = () => {};
  /** Position of the mouse in CSS pixels; null until it moves. */
  point = null;
  #surface;
  /** Buttons that are down, and those of them that were pressed on the surface. Only the latter count. */
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

  /** Returns true if a button is held, or was pressed since the last input. */
  isDown(button) {
    return ((this.#armed | this.#pressed) & button) !== 0;
  }

  /** Releases all buttons. A button that stays down does nothing until it is pressed again. */
  release() {
    this.#armed = this.#pressed = 0;
  }

  /** The intent was sent in an input. A button that was pressed and released between two ticks counts for one input. */
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
    // Browsers also send a move when the mouse rests and the element below it has changed.
    const moved = this.point?.x !== event.clientX || this.point?.y !== event.clientY;
    if (moved && event.type !== 'pointercancel') this.point = { x: event.clientX, y: event.clientY };
    if (!moved && !fresh) return;
    this.usedAt = performance.now();
    this.onUse();
  }
}

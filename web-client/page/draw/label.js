// Lines of text in the picture. They are copied like sprites: font sizes and positions are whole pixels.

import { FONT, drawLine } from './pictures.js';
import { cached } from './sprite-cache.js';

/** Font sizes, pixels of the screen. Smaller text is not readable and is left out; larger text is never needed. */
const SIZE_MIN = 8, SIZE_MAX = 64;

let labels = 0;

export class Label {
  #number = labels++;
  #colour;
  #weight;

  constructor(colour, weight = 500) {
    this.#colour = colour;
    this.#weight = weight;
  }

  /**
   * Draws a line with its middle `down` below a point. All four numbers are in pixels of the world. `down` is rounded separately from the
   * point, so that lines and sprites of one point keep their distances while it moves.
   *
   * @param {import('./surface.js').Pixels} pixels
   * @param {string} text
   * @param {number} size  Of the font.
   */
  draw({ context, scale, left, top }, text, x, y, size, down = 0) {
    const px = Math.min(SIZE_MAX, Math.round(size * scale));
    if (px < SIZE_MIN) return;
    const bitmap = cached(`${this.#number} ${px} ${text}`, () => sizeOf(text, px, this.#font(px)), (context) => {
      drawLine(context, text, this.#colour, this.#font(px));
    });
    context.drawImage(bitmap, Math.round(x * scale + left) - bitmap.width / 2, Math.round(y * scale + top) + Math.round(down * scale) - bitmap.height / 2);
  }

  #font(px) {
    return `${this.#weight} ${px}px ${FONT}`;
  }
}

const measuring = new OffscreenCanvas(1, 1).getContext('2d');

/** Size of a line's bitmap, with the rim around the letters. Both numbers are even, so that the middle is a whole pixel. */
function sizeOf(text, px, font) {
  measuring.font = font;
  return /** @type {[number, number]} */ ([2 * Math.ceil(measuring.measureText(text).width / 2 + 3), 2 * Math.ceil(px * 0.6 + 2)]);
}

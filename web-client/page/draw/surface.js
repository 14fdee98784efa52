// The canvas that fills the page: with the pixels of the screen, whatever the window and its ratio become.

import { hasGraphicsCard } from './graphics-card.js';
import { redraw, setRatio } from './pictures.js';

/** More pixels than this are not seen, but paid for. */
const RATIO_MAX = 2;

/**
 * Where the world is on the canvas, whose pixels these are: `left` and `top` are where its origin lies, and `scale` is how many make one of the world's.
 * What is drawn with `context` is in pixels of the canvas.
 *
 * @typedef {{context: CanvasRenderingContext2D, scale: number, left: number, top: number}} Pixels
 */

export class Surface {
  context;
  #canvas;
  #camera;
  #ratio = 0;

  /** The camera is kept as large as the canvas. */
  constructor(canvas, camera) {
    this.#canvas = canvas;
    this.#camera = camera;
    this.context = canvas.getContext('2d', { alpha: false });
    new ResizeObserver(() => this.#resize()).observe(canvas);
    // A graphics process that dies takes every picture along, those that were drawn ahead too.
    canvas.addEventListener('contextrestored', () => redraw());
    this.#resize();
  }

  /** What is drawn from here on is in pixels of the world, as the camera sees it. */
  useWorld() {
    // A window on another screen keeps its size, and may get another ratio.
    if (ratioNow() !== this.#ratio) this.#resize();
    setRatio(this.#camera.scale * this.#ratio);
    this.#camera.apply(this.context, this.#ratio);
  }

  /**
   * What is drawn from here on is in pixels of the canvas, so that it can be copied there as it is: see `sprite.js`. Call `useWorld` before, in
   * each frame.
   *
   * @returns {Pixels}
   */
  usePixels() {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    return { context, ...this.#camera.placed };
  }

  /** What is drawn from here on is in pixels of the screen, CSS pixels. */
  useScreen() {
    this.context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    this.#ratio = ratioNow();
    this.#canvas.width = Math.max(1, Math.round(width * this.#ratio));
    this.#canvas.height = Math.max(1, Math.round(height * this.#ratio));
    this.#camera.resize(Math.max(1, width), Math.max(1, height));
  }
}

function ratioNow() {
  const ratio = devicePixelRatio || 1;
  // The processor has four times the work at twice the ratio.
  return ratio > 1 && !hasGraphicsCard() ? 1 : Math.min(RATIO_MAX, ratio);
}

// The canvas that fills the page. It has the resolution of the screen, also after the window or its pixel ratio changed.

import { hasGraphicsCard } from './graphics-card.js';
import { redraw, setRatio } from './pictures.js';

/** Highest pixel ratio. Nobody sees more pixels, but they cost time. */
const RATIO_MAX = 2;

/**
 * The canvas with a transform for its own pixels, and the place of the world on it: `left` and `top` are the place of the world's origin, and
 * `scale` is the number of canvas pixels per world pixel.
 *
 * @typedef {{context: CanvasRenderingContext2D, scale: number, left: number, top: number}} Pixels
 */

export class Surface {
  context;
  #canvas;
  #camera;
  #ratio = 0;

  /** The surface keeps the camera as large as the canvas. */
  constructor(canvas, camera) {
    this.#canvas = canvas;
    this.#camera = camera;
    this.context = canvas.getContext('2d', { alpha: false });
    new ResizeObserver(() => this.#resize()).observe(canvas);
    // When the graphics process dies, all pictures are lost, including the cached ones.
    canvas.addEventListener('contextrestored', () => redraw());
    this.#resize();
  }

  /** Sets the transform to pixels of the world, as the camera sees it. */
  useWorld() {
    // A window that moves to another screen may get another ratio without a change of its size.
    if (ratioNow() !== this.#ratio) this.#resize();
    setRatio(this.#camera.scale * this.#ratio);
    this.#camera.apply(this.context, this.#ratio);
  }

  /**
   * Sets the transform to pixels of the canvas, so that sprites can be copied without scaling: see `sprite.js`. Call `useWorld` before it in
   * each frame.
   *
   * @returns {Pixels}
   */
  usePixels() {
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    return { context, ...this.#camera.placed };
  }

  /** Sets the transform to CSS pixels of the screen. */
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
  // Without a card the processor draws, and twice the ratio is four times the work.
  return ratio > 1 && !hasGraphicsCard() ? 1 : Math.min(RATIO_MAX, ratio);
}

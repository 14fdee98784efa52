// A sprite: a round picture that is copied to the screen pixel by pixel. It is made once for each size in which it is seen.
//
//   const pellet = new Sprite((context, radius) => { … }, 3);
//   const pixels = surface.usePixels();
//   for (const { x, y } of pellets) pellet.draw(pixels, x, y, 10);
//
// Without a graphics card the processor computes each pixel, and a plain copy is by far the cheapest way. A frame of 1,600 discs of about 100 px took
// 18 ms copied to whole pixels, 100 ms copied to places between pixels, 62 ms scaled, and 96 ms filled and stroked as paths (Chromium 148, two cores).
// So the radius and the place are whole pixels. The price is memory, which is bounded, and that a thing grows in steps of some hundredths of its size.

import { cached } from './sprite-cache.js';

/** Largest radius of a bitmap, pixels. Larger sprites are drawn directly: few of them fit on a screen. */
const RADIUS_MAX = 255;

let sprites = 0;

export class Sprite {
  #number = sprites++;
  #make;
  #edge;

  /**
   * `make(context, radius)` draws the sprite around the origin, in pixels, and goes at most `edge` radii far.
   *
   * @param {(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, radius: number) => void} make
   */
  constructor(make, edge = 1.1) {
    this.#make = make;
    this.#edge = edge;
  }

  /**
   * Draws it with its middle at a point; `x`, `y` and `radius` are in pixels of the world.
   *
   * @param {import('./surface.js').Pixels} pixels
   */
  draw({ context, scale, left, top }, x, y, radius) {
    const px = stepped(radius * scale), half = Math.ceil(px * this.#edge);
    const [middleX, middleY] = [Math.round(x * scale + left), Math.round(y * scale + top)];
    if (px > RADIUS_MAX) {
      context.translate(middleX, middleY);
      this.#make(context, px);
      context.translate(-middleX, -middleY);
      return;
    }
    const bitmap = cached(this.#number * (RADIUS_MAX + 1) + px, () => [2 * half, 2 * half], (context) => this.#make(context, px));
    context.drawImage(bitmap, middleX - half, middleY - half);
  }
}

/** The radius in which a sprite is made, pixels: every one up to 40, then every second, from 80 on every fourth. */
function stepped(radius) {
  const step = radius < 40 ? 1 : radius < 80 ? 2 : 4;
  return Math.max(1, Math.round(radius / step) * step);
}

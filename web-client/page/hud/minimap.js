// The minimap: the whole world in a corner, the part of it that is in view, and a few points.

import { byId, make } from './dom.js';

/** Time between two drawings, ms. Nobody reads it faster. */
const REST_MS = 100;
const VIEW = '#ffffff24', GRID = '#ffffff1f';
/** Radius of a point, CSS pixels. */
const POINT = 3;

export class Minimap {
  #root = byId('minimap');
  #canvas = /** @type {HTMLCanvasElement} */ (make('canvas'));
  #drawnAt = -Infinity;
  #parts;

  /** Thin lines divide the world into `parts` columns and as many rows. */
  constructor({ parts = 3 } = {}) {
    this.#parts = parts;
    this.#root.append(this.#canvas);
  }

  /**
   * Draws a world of `size` pixels, the camera's view of it, and points. Without a size the map is hidden.
   *
   * @param {number} now  Milliseconds.
   * @param {{width: number, height: number} | null} size
   * @param {import('../draw/camera.js').Camera} camera
   * @param {{x: number, y: number, colour: string}[]} points
   */
  update(now, size, camera, points) {
    if (this.#root.hidden !== !size) this.#root.hidden = !size;
    if (!size || now - this.#drawnAt < REST_MS) return;
    this.#drawnAt = now;
    const { clientWidth: width, clientHeight: height } = this.#root, ratio = Math.min(2, devicePixelRatio || 1);
    const canvas = this.#canvas, context = canvas.getContext('2d');
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.fillStyle = GRID;
    for (let part = 1; part < this.#parts; part++) {
      context.fillRect((width * part) / this.#parts, 0, 1, height);
      context.fillRect(0, (height * part) / this.#parts, width, 1);
    }
    const [across, down] = [width / size.width, height / size.height];
    const { left, top, right, bottom } = camera.view();
    context.fillStyle = VIEW;
    context.fillRect(left * across, top * down, (right - left) * across, (bottom - top) * down);
    for (const { x, y, colour } of points) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x * across, y * down, POINT, 0, 2 * Math.PI);
      context.fill();
    }
  }
}

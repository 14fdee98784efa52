// A ready-made `Picture`: the canvas in the right size, a camera that follows the player's own entity, and the frame's entities.
//
//   draw: (page) => new FieldPicture(page, { width: 1200, height: 800, follow: 'Square', draw(context, picture) { … } })

import { Frame } from '../module/frame.js';
import { Camera } from './camera.js';
import { colours } from './colours.js';
import { Surface } from './surface.js';

/** CSS pixels at the edges of the screen that the engine's buttons cover. */
const COVERED = { top: 52, bottom: 24 };

export class FieldPicture {
  camera = new Camera();
  size;
  /** The entities of the frame, see `module/frame.js`. */
  frame;
  /** Time of this frame in milliseconds, and seconds since the frame before. */
  now = 0;
  seconds = 0;
  #surface;
  #options;

  /**
   * `options`: `width` and `height` of the field, world pixels; `follow`, the kind of entity that the camera follows, whose id must be the
   * seat of its player; `draw(context, picture)`, which draws in world pixels; `updates`, as in `Frame`; `show(event, picture)`, for events;
   * `background`, a colour.
   */
  constructor(page, options) {
    const { width, height, updates } = options;
    this.#options = options;
    this.size = { width, height };
    this.frame = new Frame(updates);
    this.camera.bound(width, height);
    this.camera.cover(COVERED.top, COVERED.bottom);
    this.#surface = new Surface(page.canvas, this.camera);
  }

  /** The player's own entity of the followed kind, or undefined. */
  get own() {
    return this.frame.steered(this.#options.follow).values().next().value;
  }

  /** All entities of a kind, including those that the player steers. */
  *all(kind) {
    yield* this.frame.others(kind).values();
    yield* this.frame.steered(kind).values();
  }

  setZoom(zoom) {
    this.camera.zoom = zoom;
    this.camera.resize(this.camera.width, this.camera.height);
  }

  setMap() {
    this.camera.reset();
    this.clear();
  }

  clear() {
    this.frame.clear();
  }

  settle() {}

  show(event) {
    this.#options.show?.(event, this);
  }

  read(floats) {
    this.frame.read(floats);
  }

  draw(now, seat) {
    const followed = this.own ?? (seat === null ? undefined : this.frame.others(this.#options.follow).get(seat));
    this.#draw(now, followed ?? { x: this.camera.x || this.size.width / 2, y: this.camera.y || this.size.height / 2 });
  }

  /** Draws the picture behind the form: the empty field, dimmed so that the form is readable on every colour. */
  attract(now) {
    this.#draw(now, { x: this.size.width / 2, y: this.size.height / 2 });
    const { context } = this.#surface;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 0.6;
    context.fillStyle = colours.void;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.globalAlpha = 1;
  }

  /** Seat of the player whose entity is nearest to a point of the screen, or null. */
  seatAt(x, y, reach) {
    return this.camera.nearest(this.all(this.#options.follow), x, y, reach)?.key ?? null;
  }

  #draw(now, { x, y }) {
    this.seconds = Math.min(0.1, Math.max(0, (now - this.now) / 1_000));
    this.now = now;
    const { context } = this.#surface;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.#options.background ?? colours.void;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    this.camera.follow(x, y, undefined, this.seconds);
    this.#surface.useWorld();
    this.#options.draw(context, this);
  }
}

// A picture that is ready to be drawn on: the canvas in the right size, a camera that follows what the player steers, the frame's entities.
//
//   draw: (page) => new FieldPicture(page, { width: 1200, height: 800, follow: 'Square', draw(context, picture) { … } })

import { Frame } from '../module/frame.js';
import { Camera } from './camera.js';
import { colours } from './colours.js';
import { Surface } from './surface.js';

/** CSS pixels at the edge of the screen where the engine's buttons are. */
const COVERED = { top: 52, bottom: 24 };

export class FieldPicture {
  camera = new Camera();
  size;
  /** The entities of the frame, see `module/frame.js`. */
  frame;
  /** Milliseconds of this frame, and seconds since the one before. */
  now = 0;
  seconds = 0;
  #surface;
  #options;

  /**
   * `width` and `height` of the field, world pixels; `follow`, the kind of entity that the camera follows: a player's has the number of its
   * seat as id; `draw(context, picture)` draws in world pixels; `updates`, as `Frame` wants them; `show(event, picture)` for events;
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

  /** What the player steers, or undefined. */
  get own() {
    return this.frame.steered(this.#options.follow).values().next().value;
  }

  /** Everything of a kind, what the player steers too. */
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

  /** Behind the form: the empty field, dimmed, so that the form can be read whatever its colours are. */
  attract(now) {
    this.#draw(now, { x: this.size.width / 2, y: this.size.height / 2 });
    const { context } = this.#surface;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 0.6;
    context.fillStyle = colours.void;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    context.globalAlpha = 1;
  }

  /** The player whose entity is nearest to a point of the screen. */
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

// A picture that is ready to be drawn on: the canvas in the right size, a camera that follows what the player steers, the frame's entities.
//
//   draw: (page) => new FieldPicture(page, { width: 1200, height: 800, follow: 'Square', draw(context, picture) { … } })

import { Frame } from '../module/frame.js';
import { Camera } from './camera.js';
import { colours } from './colours.js';
import { redraw, setRatio } from './pictures.js';

/** More pixels than this are not seen, but paid for. */
const RATIO_MAX = 2;
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
  #page;
  #context;
  #options;
  #ratio = 1;

  /**
   * `width` and `height` of the field, world pixels; `follow`, the kind of entity that the camera follows: a player's has the number of its
   * seat as id; `draw(context, picture)` draws in world pixels; `updates`, as `Frame` wants them; `show(event, picture)` for events;
   * `background`, a colour.
   */
  constructor(page, options) {
    const { width, height, updates } = options;
    this.#page = page;
    this.#options = options;
    this.#context = page.canvas.getContext('2d', { alpha: false });
    this.size = { width, height };
    this.frame = new Frame(updates);
    this.camera.bound(width, height);
    this.camera.cover(COVERED.top, COVERED.bottom);
    new ResizeObserver(() => this.#resize()).observe(page.canvas);
    page.canvas.addEventListener('contextrestored', () => redraw());
    this.#resize();
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
    this.#resize();
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

  /** Behind the form: the empty field. */
  attract(now) {
    this.#draw(now, { x: this.size.width / 2, y: this.size.height / 2 });
  }

  /** The player whose entity is nearest to a point of the screen. */
  seatAt(x, y, reach) {
    const distance = (entity) => {
      const at = this.camera.toScreen(entity.x, entity.y);
      return Math.hypot(at.x - x, at.y - y);
    };
    const near = [...this.all(this.#options.follow)].filter((entity) => distance(entity) < reach);
    return near.sort((a, b) => distance(a) - distance(b))[0]?.key ?? null;
  }

  #draw(now, { x, y }) {
    this.seconds = Math.min(0.1, Math.max(0, (now - this.now) / 1_000));
    this.now = now;
    // A window on another screen keeps its size, and may get another ratio.
    if (ratioNow() !== this.#ratio) this.#resize();
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.#options.background ?? colours.void;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
    this.camera.follow(x, y, undefined, this.seconds);
    this.camera.apply(context, this.#ratio);
    this.#options.draw(context, this);
  }

  #resize() {
    const { canvas } = this.#page;
    this.#ratio = ratioNow();
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * this.#ratio));
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * this.#ratio));
    this.camera.resize(canvas.clientWidth, canvas.clientHeight);
    setRatio(this.camera.scale * this.#ratio);
  }
}

function ratioNow() {
  return Math.min(RATIO_MAX, devicePixelRatio || 1);
}

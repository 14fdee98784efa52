// The camera. It keeps the point that it follows near the middle of the view, leans a little ahead of it, and shakes at blows.

import { reducedMotion } from '../settings.js';

/** Area of the world in view, square world pixels, whatever the window's shape: that of a screen of 1280 x 760. */
const AREA_PX = 1280 * 760;
const SCALE_MIN = 0.5, SCALE_MAX = 2;
/** Distance to the side, world pixels, from which a sound comes from that side alone. */
const HEARING_PX = 700;
/** How far the view leans ahead, world pixels. */
const LEAN_PX = 70;

export class Camera {
  x = 0;
  y = 0;
  /** CSS pixels per world pixel. */
  scale = 1;
  /** Factor on the scale that follows from the window's size. */
  zoom = 1;
  width = 1;
  height = 1;
  /** Place of the world on the canvas since the last `apply`, in pixels of the canvas: `{scale, left, top}`. */
  placed = { scale: 1, left: 0, top: 0 };
  #shake = 0;
  /** Remaining distance of a glide, from the followed point to the view, world pixels. */
  #behind = { x: 0, y: 0 };
  #lean = { x: 0, y: 0 };
  #set = false;
  /** World pixels from the middle of the view to its corners, if the game sets them; else null. */
  #reach = null;
  #bounds = { width: Infinity, height: Infinity };
  /** CSS pixels at the upper and lower edge of the screen that other elements cover. */
  #covered = { top: 0, bottom: 0 };

  resize(width, height) {
    this.width = width;
    this.height = height;
    const fitting = Math.min(SCALE_MAX, Math.max(SCALE_MIN, Math.sqrt((width * height) / AREA_PX)));
    this.scale = this.zoom * (this.#reach === null ? fitting : Math.hypot(width, height) / 2 / this.#reach);
  }

  /**
   * Sets how far the view reaches, in world pixels from the middle to the corners of the screen, whatever the window's size. It is for a game
   * in which a player sees farther at some times than at others. The view reaches a new distance within about half a second. `seconds` is
   * the time since the last frame.
   */
  reach(distance, seconds) {
    const part = reducedMotion() ? 1 : 1 - Math.exp(-seconds * 5);
    this.#reach = this.#reach === null || !this.#set ? distance : this.#reach * (distance / this.#reach) ** part;
    this.resize(this.width, this.height);
  }

  /** Direction and distance of a sound at a point of the world: `pan` from -1, left, to 1, right, and the distance in world pixels. */
  hears({ x, y }) {
    const dx = x - this.x, dy = y - this.y;
    return { pan: Math.max(-1, Math.min(1, dx / HEARING_PX)), distance: Math.hypot(dx, dy) };
  }

  /** Keeps the view on a map of this size, with a small margin around it. */
  bound(width, height) {
    this.#bounds = { width, height };
  }

  /** Reserves CSS pixels at the edges that other elements cover. The view may go so far beyond the map that they cover none of it. */
  cover(top, bottom) {
    this.#covered = { top, bottom };
  }

  /**
   * Follows a point. The view leans from there a little `towards` a direction, radians clockwise from the right, or undefined.
   * `seconds` is the time since the last frame.
   */
  follow(x, y, towards, seconds) {
    const lean = reducedMotion() || towards === undefined ? 0 : LEAN_PX;
    const ease = 1 - Math.exp(-seconds * 5);
    this.#lean.x += (Math.cos(towards ?? 0) * lean - this.#lean.x) * ease;
    this.#lean.y += (Math.sin(towards ?? 0) * lean - this.#lean.y) * ease;
    const rim = (covered) => Math.max(RIM_PX, (covered + COVER_AIR) / this.scale);
    const left = Math.exp(-seconds * 5);
    this.#behind.x *= left;
    this.#behind.y *= left;
    const targetX = within(x + this.#lean.x + this.#behind.x, this.width / 2 / this.scale, this.#bounds.width, RIM_PX, RIM_PX);
    const { top, bottom } = this.#covered;
    const targetY = within(y + this.#lean.y + this.#behind.y, this.height / 2 / this.scale, this.#bounds.height, rim(top), rim(bottom));
    // A jump, as to the place where the player begins again, takes a quarter of a second. A movement is followed at once.
    const far = this.#set && Math.hypot(targetX - this.x, targetY - this.y) > 120;
    const part = far ? 1 - Math.exp(-seconds * 12) : 1;
    this.x += (targetX - this.x) * part;
    this.y += (targetY - this.y) * part;
    this.#set = true;
    this.#shake = Math.max(0, this.#shake - seconds * 24);
  }

  /**
   * The followed point jumped by `x` and `y` world pixels although nothing moved, as the middle of several entities does when one of them
   * ends. The view glides there within about half a second. A jump beyond `farthest` is treated as any other jump.
   */
  glide(x, y, farthest) {
    const behind = this.#behind;
    behind.x -= x;
    behind.y -= y;
    if (Math.hypot(behind.x, behind.y) > farthest) behind.x = behind.y = 0;
  }

  /** Shakes the view by so many pixels. */
  shake(pixels) {
    if (!reducedMotion()) this.#shake = Math.min(10, this.#shake + pixels);
  }

  /** Starts over, for another map. */
  reset() {
    this.#set = false;
    this.#shake = this.#behind.x = this.#behind.y = 0;
  }

  /** Sets the transform of a canvas, so that world coordinates can be drawn. */
  apply(context, ratio) {
    const scale = this.scale * ratio;
    const shakeX = Math.sin(performance.now() / 17) * this.#shake, shakeY = Math.cos(performance.now() / 13) * this.#shake;
    const left = Math.round((this.width / 2 + shakeX) * ratio - this.x * scale);
    const top = Math.round((this.height / 2 + shakeY) * ratio - this.y * scale);
    context.setTransform(scale, 0, 0, scale, left, top);
    this.placed = { scale, left, top };
  }

  toScreen(x, y) {
    return { x: (x - this.x) * this.scale + this.width / 2, y: (y - this.y) * this.scale + this.height / 2 };
  }

  /** Returns true if anything within `margin` of a point is in view. */
  sees(x, y, margin) {
    const halfWidth = this.width / 2 / this.scale + margin, halfHeight = this.height / 2 / this.scale + margin;
    return Math.abs(x - this.x) < halfWidth && Math.abs(y - this.y) < halfHeight;
  }

  /** The thing, `{x, y}`, that is nearest to a point of the screen and within `reach`, CSS pixels. `radiusOf(thing)` is in world pixels. */
  nearest(things, x, y, reach, radiusOf = (_) => 0) {
    let found, least = reach;
    for (const thing of things) {
      const at = this.toScreen(thing.x, thing.y), distance = Math.hypot(at.x - x, at.y - y) - radiusOf(thing) * this.scale;
      if (distance < least) [found, least] = [thing, distance];
    }
    return found;
  }

  /** The part of the world that is in view. */
  view() {
    const halfWidth = this.width / 2 / this.scale, halfHeight = this.height / 2 / this.scale;
    return { left: this.x - halfWidth, top: this.y - halfHeight, right: this.x + halfWidth, bottom: this.y + halfHeight };
  }
}

/** The middle of a view that reaches `half` to either side, moved so that it shows at most `before` below 0 and `behind` above `size`. */
function within(middle, half, size, before, behind) {
  const low = half - before, high = size - half + behind;
  return low > high ? (low + high) / 2 : Math.min(Math.max(middle, low), high);
}

const RIM_PX = 90;
/** Gap between the elements that cover the edge and the map, CSS pixels. */
const COVER_AIR = 12;

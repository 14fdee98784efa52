// The free view: dragging moves it, the wheel and two fingers zoom it, and a press on a player follows that player.

const ZOOM_MAX = 3;
/** Longest movement of the pointer that still counts as a press, CSS pixels. */
const PRESS_PX = 6;
/** Longest distance of a press from a player, CSS pixels. */
const REACH_PX = 34;

export class FreeView {
  /** Called when the user drags the view. */
  onFree = () => {};
  /** Called with the seat of the player who was pressed. */
  onPress = () => {};
  #picture;
  #pointers = new Map();
  #moved = 0;
  #isFollowing;

  /** `picture` is the game's: `{camera, size, setZoom, seatAt}`. */
  constructor(canvas, picture, isFollowing) {
    this.#picture = picture;
    this.#isFollowing = isFollowing;
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      if (this.#pointers.size === 0) this.#moved = 0;
      this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    });
    canvas.addEventListener('pointermove', (event) => this.#move(event));
    canvas.addEventListener('pointerup', (event) => this.#up(event));
    canvas.addEventListener('pointercancel', (event) => this.#pointers.delete(event.pointerId));
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      // Some mice report lines or pages instead of pixels.
      const pixels = event.deltaY * [1, 20, 200][event.deltaMode];
      this.zoom(Math.exp(-pixels * 0.0015), event.clientX, event.clientY);
    }, { passive: false });
  }

  /** Shows the whole map. */
  showAll() {
    const { camera, size } = this.#picture;
    this.zoom(0);
    camera.x = size.width / 2;
    camera.y = size.height / 2;
  }

  /** Zooms by a factor around a point of the screen, or around its middle while a player is followed. */
  zoom(factor, x, y) {
    const { camera, size } = this.#picture;
    if (!size) return;
    const around = x === undefined || this.#isFollowing() ? { x: camera.width / 2, y: camera.height / 2 } : { x, y };
    const [offX, offY] = [around.x - camera.width / 2, around.y - camera.height / 2];
    const at = { x: camera.x + offX / camera.scale, y: camera.y + offY / camera.scale };
    const fit = camera.scale / camera.zoom;
    const whole = Math.min(camera.width / (size.width + 2 * RIM_PX), camera.height / (size.height + 2 * RIM_PX)) / fit;
    this.#picture.setZoom(Math.min(ZOOM_MAX, Math.max(Math.min(whole, 1), camera.zoom * factor)));
    camera.x = at.x - offX / camera.scale;
    camera.y = at.y - offY / camera.scale;
    this.#bound();
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    this.#moved += Math.hypot(dx, dy);
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.#pointers.set(event.pointerId, now);
    if (other) {
      const distance = ({ x, y }) => Math.max(20, Math.hypot(x - other.x, y - other.y));
      this.zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    if (this.#moved <= PRESS_PX || (other && this.#isFollowing())) return;
    this.onFree();
    const { camera } = this.#picture;
    const part = other ? 0.5 : 1;
    camera.x -= (dx * part) / camera.scale;
    camera.y -= (dy * part) / camera.scale;
    this.#bound();
  }

  #up(event) {
    if (!this.#pointers.delete(event.pointerId) || this.#pointers.size > 0 || this.#moved > PRESS_PX) return;
    const seat = this.#picture.seatAt(event.clientX, event.clientY, REACH_PX);
    if (seat !== null) this.onPress(seat);
  }

  #bound() {
    const { camera, size } = this.#picture;
    camera.x = Math.min(size.width, Math.max(0, camera.x));
    camera.y = Math.min(size.height, Math.max(0, camera.y));
  }
}

/** Margin around the whole map, world pixels. */
const RIM_PX = 60;

// Floor and walls. The map is turned into paths once, in square chunks. Each frame draws the chunks in view.

import { palette } from './palette.js';

/** Tiles along a chunk's side. */
const CHUNK = 12;
/** Half of the size of the marks at the tiles' corners. */
const CROSS_PX = 5;
/** Length of a wall's shadow, world pixels. */
const SHADOW_PX = 9;

export class Arena {
  #chunks = new Map();

  /** `map` is the module's JSON of the map. */
  constructor(map) {
    this.map = map;
    this.tile = map.tile_px;
    this.width = map.width * map.tile_px;
    this.height = map.height * map.tile_px;
    this.walls = wallsOf(map);
  }

  /** Returns true if a tile is a wall. Everything outside the map is wall. */
  isWall(column, row) {
    const { width, height } = this.map;
    return column < 0 || row < 0 || column >= width || row >= height || this.walls[row * width + column] === 1;
  }

  draw(context, camera) {
    const { left, top, right, bottom } = camera.view();
    context.fillStyle = palette.floor;
    context.fillRect(left - 20, top - 20, right - left + 40, bottom - top + 40);
    this.#drawGrid(context, camera.view());
    const side = CHUNK * this.tile;
    const chunks = [];
    for (let row = Math.floor((top - SHADOW_PX) / side); row <= Math.floor(bottom / side); row++) {
      for (let column = Math.floor(left / side); column <= Math.floor(right / side); column++) {
        chunks.push(this.#chunk(column, row));
      }
    }
    context.fillStyle = 'rgb(0 0 0 / 38%)';
    context.translate(0, SHADOW_PX);
    for (const { fill } of chunks) context.fill(fill);
    context.translate(0, -SHADOW_PX);
    context.fillStyle = palette.wall;
    for (const { fill } of chunks) context.fill(fill);
    context.lineWidth = 2;
    context.lineCap = 'square';
    context.strokeStyle = palette.wallEdge;
    for (const { edges } of chunks) context.stroke(edges);
    this.#drawOutside(context, camera.view());
  }

  /** Draws the area beyond the map. For the rules it is wall; it is drawn empty. */
  #drawOutside(context, { left, top, right, bottom }) {
    if (left >= 0 && top >= 0 && right <= this.width && bottom <= this.height) return;
    context.beginPath();
    context.rect(left - 20, top - 20, right - left + 40, bottom - top + 40);
    context.rect(0, 0, this.width, this.height);
    context.fillStyle = palette.void;
    context.fill('evenodd');
    context.strokeRect(0, 0, this.width, this.height);
  }

  #drawGrid(context, { left, top, right, bottom }) {
    const clamp = (value, high) => Math.min(Math.max(value, 0), high);
    const [fromX, toX] = [clamp(left, this.width), clamp(right, this.width)];
    const [fromY, toY] = [clamp(top, this.height), clamp(bottom, this.height)];
    context.beginPath();
    for (let x = Math.ceil(fromX / this.tile) * this.tile; x <= toX; x += this.tile) {
      for (let y = Math.ceil(fromY / this.tile) * this.tile; y <= toY; y += this.tile) {
        context.rect(x - CROSS_PX, y - 0.75, 2 * CROSS_PX, 1.5);
        context.rect(x - 0.75, y - CROSS_PX, 1.5, 2 * CROSS_PX);
      }
    }
    context.fillStyle = palette.line;
    context.fill();
  }

  #chunk(column, row) {
    const key = row * 4096 + column;
    let chunk = this.#chunks.get(key);
    if (!chunk) this.#chunks.set(key, chunk = this.#makeChunk(column * CHUNK, row * CHUNK));
    return chunk;
  }

  #makeChunk(firstColumn, firstRow) {
    const fill = new Path2D(), edges = new Path2D();
    const { tile } = this;
    for (let row = firstRow; row < firstRow + CHUNK; row++) {
      runs(firstColumn, CHUNK, (column) => this.isWall(column, row), (from, to) => {
        // The rectangles overlap a little, so that no seam is visible between chunks.
        fill.rect(from * tile - 0.5, row * tile - 0.5, (to - from) * tile + 1, tile + 1);
      });
      runs(firstColumn, CHUNK, (column) => this.isWall(column, row) !== this.isWall(column, row - 1), (from, to) => {
        edges.moveTo(from * tile, row * tile);
        edges.lineTo(to * tile, row * tile);
      });
    }
    for (let column = firstColumn; column < firstColumn + CHUNK; column++) {
      runs(firstRow, CHUNK, (row) => this.isWall(column, row) !== this.isWall(column - 1, row), (from, to) => {
        edges.moveTo(column * tile, from * tile);
        edges.lineTo(column * tile, to * tile);
      });
    }
    return { fill, edges };
  }
}

/** Calls `found(from, to)` for each run of indices that have a property. */
function runs(first, count, has, found) {
  let from;
  for (let index = first; index <= first + count; index++) {
    const inside = index < first + count && has(index);
    if (inside && from === undefined) from = index;
    if (!inside && from !== undefined) {
      found(from, index);
      from = undefined;
    }
  }
}

/** One byte per tile, 1 for wall, from runs that begin with floor. */
export function wallsOf({ width, height, runs: lengths }) {
  const walls = new Uint8Array(width * height);
  let at = 0, wall = 0;
  for (const length of lengths) {
    if (wall) walls.fill(1, at, at + length);
    at += length;
    wall ^= 1;
  }
  return walls;
}

// The minimap: walls, pickups that can be taken, and all known crafts.

import { byId } from 'ricochet-page/hud/dom.js';
import { colourOf, palette, pickupColours } from '../draw/palette.js';

/** Time between two drawings, ms. Nobody reads it faster. */
const REST_MS = 80;

export class Minimap {
  #canvas = byId('minimap');
  #context = this.#canvas.getContext('2d');
  #walls = null;
  #arena = null;
  #drawnAt = 0;
  /** Size of the canvas along the side of the element, pixels of the screen. */
  #pixels = 0;

  constructor() {
    this.#canvas.addEventListener('contextrestored', () => this.#pixels = 0);
  }

  setArena(arena) {
    this.#arena = arena;
    this.#canvas.hidden = !arena;
    this.#pixels = 0;
    if (arena) this.#canvas.style.aspectRatio = `${arena.width} / ${arena.height}`;
  }

  update(now, scene, roster) {
    if (!this.#arena || now - this.#drawnAt < REST_MS) return;
    this.#drawnAt = now;
    this.#fit();
    const context = this.#context, { width, height } = this.#canvas;
    const scale = width / this.#arena.width;
    context.clearRect(0, 0, width, height);
    context.drawImage(this.#walls, 0, 0);
    const dot = (x, y, radius, colour) => {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x * scale, y * scale, radius * (width / 150), 0, 2 * Math.PI);
      context.fill();
    };
    for (const { x, y, kind, available } of scene.pickups.values()) {
      if (available) dot(x, y, 1.5, pickupColours[kind]);
    }
    for (const { player, x, y, alive } of scene.crafts.values()) {
      if (alive) dot(x, y, 2.1, colourOf(roster.player(player)?.team, false));
    }
    if (scene.own) {
      dot(scene.own.x, scene.own.y, 3.4, palette.void);
      dot(scene.own.x, scene.own.y, 2.6, scene.own.alive ? palette.own : palette.muted);
    }
  }

  /** Gives the canvas the resolution of the screen, also after the window or its ratio changed. */
  #fit() {
    const pixels = Math.round((this.#canvas.clientWidth || 150) * Math.min(2, devicePixelRatio || 1));
    if (pixels === this.#pixels) return;
    this.#pixels = pixels;
    const arena = this.#arena;
    this.#canvas.width = pixels;
    this.#canvas.height = Math.round((pixels * arena.height) / arena.width);
    this.#walls = drawWalls(arena, this.#canvas.width, this.#canvas.height);
  }
}

function drawWalls(arena, width, height) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d');
  const { map } = arena;
  const [tileWidth, tileHeight] = [width / map.width, height / map.height];
  context.fillStyle = palette.wallEdge;
  for (let row = 0; row < map.height; row++) {
    for (let column = 0; column < map.width; column++) {
      if (arena.isWall(column, row)) context.fillRect(column * tileWidth, row * tileHeight, tileWidth + 0.5, tileHeight + 0.5);
    }
  }
  return canvas;
}

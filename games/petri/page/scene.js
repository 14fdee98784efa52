// A frame of the module, for drawing: cells that grow smoothly, and the things that were just swallowed.

import { Frame } from 'ricochet-page/module/frame.js';

/** Rate with which the drawn radius follows the true one, per second. */
const GROWTH = 9;

export class Scene {
  /** The player's own record: `{split, comes_back, place}`. */
  own = {};
  /** All cells, the smallest first. `isOwn` is true for those of the player. */
  cells = [];
  /** Things that were swallowed and not drawn yet: `{x, y, radius, hue, into}`, where `into` is a cell. The picture empties the list. */
  swallowed = [];
  /** Numbers of the rules, from the module's map. */
  numbers = { side: 0, view: 900, view_per_radius: 3, pellet: 10, crumb: 24, reach: 8 };
  #frame = new Frame({ Cell: note, Pellet: note, Crumb: note });
  #others = this.#frame.others('Cell');
  #steered = this.#frame.steered('Cell');
  pellets = this.#frame.others('Pellet');
  crumbs = this.#frame.others('Crumb');

  /** Reads the floats of a frame. If it does not continue from the last one, nothing counts as swallowed. */
  read(floats, isNew) {
    this.#frame.read(floats);
    this.own = this.#frame.own;
    const { numbers } = this;
    for (const cell of this.#steered.values()) cell.isOwn = true;
    for (const cell of this.#others.values()) cell.isOwn = false;
    this.cells = [...this.#steered.values(), ...this.#others.values()].sort((a, b) => a.radius - b.radius);
    if (isNew) return;
    // A cell that changes from the steered ones to the others has not ended.
    const isThere = ({ key }) => this.#steered.has(key) || this.#others.has(key);
    for (const { ended } of [this.#steered, this.#others]) {
      for (const cell of ended) if (!isThere(cell)) this.#end(cell, cell.radius);
    }
    for (const pellet of this.pellets.ended) this.#end(pellet, numbers.pellet);
    for (const crumb of this.crumbs.ended) this.#end(crumb, numbers.crumb);
  }

  /** Moves the drawn radius of each cell towards the true one, and lets its wobble fade. */
  advance(seconds) {
    for (const cell of this.cells) {
      cell.shown += (cell.radius - cell.shown) * (1 - Math.exp(-seconds * GROWTH));
      cell.stirred *= Math.exp(-seconds * 4);
    }
  }

  /** Middle, total mass and number of the cells of a seat, or of the own cells if it is null. Null if there are none. */
  whole(seat) {
    let x = 0, y = 0, mass = 0, count = 0;
    for (const cell of this.cells) {
      if (seat === null ? !cell.isOwn : cell.owner !== seat) continue;
      x += cell.x * cell.mass;
      y += cell.y * cell.mass;
      mass += cell.mass;
      count += 1;
    }
    return mass > 0 ? { x: x / mass, y: y / mass, mass, count } : null;
  }

  /** View radius of a player whose cells have this total mass, px. */
  view(mass) {
    return this.numbers.view + this.numbers.view_per_radius * radiusOf(mass);
  }

  clear() {
    this.#frame.clear();
    this.cells = [];
    this.swallowed.length = 0;
  }

  /** Handles the end of a thing: a larger cell that it touches has swallowed it. Without such a cell it has gone out of view. */
  #end({ x, y, hue }, radius) {
    const touches = (cell) => cell.radius > radius && Math.hypot(cell.x - x, cell.y - y) < cell.radius + radius + 20;
    const into = this.cells.find(touches);
    if (into) this.swallowed.push({ x, y, radius, hue, into });
  }
}

/** The radius of a cell, px: its area is its mass. */
export function radiusOf(mass) {
  return 8 * Math.sqrt(mass);
}

function note(thing, isNew) {
  if (!isNew) return;
  thing.phase = (thing.key * 2.39) % 6.28;
  thing.shown = (thing.radius ?? 0) * 0.5;
  thing.stirred = 1;
}

// An invented dish without players: behind the form, and for `/?bench=400`.

import { Scene, radiusOf } from './scene.js';

const NAMES = ['Vibrio', 'Euglena', 'Volvox', 'Stentor', 'Amoeba', 'Diatom', 'Hydra', 'Rotifer'];

const MIDDLE = { x: 8_000, y: 8_000, mass: 400, count: 1 };

export class MadeUpDish {
  scene = new Scene();
  #box;

  /** Puts `cells` cells and `pellets` pellets into a box that is `half` world pixels wide to each side. */
  constructor(cells, pellets, half) {
    this.#box = half;
    const { scene } = this;
    scene.numbers = { ...scene.numbers, side: 16_000 };
    scene.nameOf = (seat) => NAMES[seat % NAMES.length];
    scene.whole = () => MIDDLE;
    const place = (index) => ({ x: 8_000 + half * Math.sin(index * 12.99), y: 8_000 + 0.65 * half * Math.sin(index * 78.23) });
    for (let index = 0; index < pellets; index++) scene.pellets.set(index, { ...place(index + 0.5), hue: index, phase: index });
    for (let index = 0; index < cells; index++) {
      const mass = 24 + ((index * 53) % 97) ** 2 / 24;
      const radius = radiusOf(mass), angle = index * 2.4, speed = 26 + (index % 5) * 6;
      scene.cells.push({
        ...place(index), mass, radius, shown: radius, owner: index, hue: index, phase: index, stirred: 0, isOwn: false,
        vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed,
      });
    }
    scene.cells.sort((a, b) => a.radius - b.radius);
  }

  get facts() {
    return { cells: this.scene.cells.length, pellets: this.scene.pellets.size };
  }

  /** Moves the cells, which turn round at the edge of the box. */
  step(seconds) {
    const { x, y } = MIDDLE;
    for (const cell of this.scene.cells) {
      cell.x += cell.vx * seconds;
      cell.y += cell.vy * seconds;
      if (Math.abs(cell.x - x) > this.#box) cell.vx = Math.abs(cell.vx) * Math.sign(x - cell.x);
      if (Math.abs(cell.y - y) > this.#box * 0.65) cell.vy = Math.abs(cell.vy) * Math.sign(y - cell.y);
    }
  }
}

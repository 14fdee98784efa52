// Collects what tests measured. No machine is like another, so nothing is compared here.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { FIGURES } from './figures.js';
import { OUT } from './places.js';

export default class FiguresReporter {
  #figures = {};

  onTestEnd(test, { annotations }) {
    for (const { type, description } of annotations) {
      if (type === FIGURES) Object.assign(this.#figures, JSON.parse(description));
    }
  }

  onEnd() {
    const figures = Object.entries(this.#figures);
    if (figures.length === 0) return;
    mkdirSync(OUT, { recursive: true });
    writeFileSync(path.join(OUT, 'figures.json'), `${JSON.stringify(this.#figures, null, 2)}\n`);
    console.log('\nmeasured:');
    for (const [name, value] of figures) console.log(`  ${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`);
  }

  printsToStdio() {
    return false;
  }
}

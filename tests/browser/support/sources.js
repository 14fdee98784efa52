// Serves the page from its sources instead of the packed one that the server holds: all but what is compiled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PAGE_SOURCES, ROOT } from './places.js';

const [ENGINE, GAME] = ['web-client/page', 'games/arena/page'];

/** In a browser context: files of the page come from the sources, if the environment asks for that. */
export async function serveSources(context) {
  if (!PAGE_SOURCES) return;
  let build = null;
  await context.route((url) => url.pathname === '/' || url.pathname.startsWith('/web/'), async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const answer = await route.fetch();
      build ??= (await answer.text()).match(/\/web\/(\w+)\//)[1];
      return route.fulfill({ response: answer, body: await indexOf(path.join(ROOT, GAME, 'index.html'), GAME, build) });
    }
    const file = path.join(ROOT, pathname.split('/').slice(3).join('/'));
    return existsSync(file) ? route.fulfill({ path: file }) : route.continue();
  });
}

/** A game's `index.html` as the packer makes it, without what is preloaded; `game` is where the game's files are in a build. */
export async function indexOf(file, game, build) {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const whole = await Promise.all(lines.map((line) => {
    const part = line.match(/<!-- engine: (.*) -->/)?.[1];
    return part ? readFile(path.join(ROOT, ENGINE, 'html', `${part}.html`), 'utf8') : line;
  }));
  return whole.join('\n').replaceAll('%ENGINE%', `/web/${build}/${ENGINE}`).replaceAll('%GAME%', `/web/${build}/${game}`);
}

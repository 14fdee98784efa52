// Serves the page from its sources instead of the packed one that the server holds: all but what is compiled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PAGE_SOURCES, ROOT } from './places.js';

const ENGINE = 'web-client/page';

/** In a browser context: files of a game's page come from the sources, if the environment asks for that. */
export async function serveSources(context, game = 'arena') {
  if (!PAGE_SOURCES) return;
  const folders = { engine: ENGINE, game: `games/${game}/page` };
  await context.route((url) => ['/', `/${game}/`].includes(url.pathname) || url.pathname.startsWith('/web/'), async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.startsWith('/web/')) {
      const answer = await route.fetch();
      return route.fulfill({ response: answer, body: await indexOf(path.join(ROOT, folders.game, 'index.html'), await answer.text()) });
    }
    const [half, ...rest] = pathname.split('/').slice(3);
    const file = folders[half] && path.join(ROOT, folders[half], ...rest);
    return file && existsSync(file) ? route.fulfill({ path: file }) : route.continue();
  });
}

/** A game's `index.html` as the packer makes it, without what is preloaded; `packed` is the page that the server has, with its import map. */
export async function indexOf(file, packed) {
  const [, build] = packed.match(/\/web\/(\w+)\//);
  const [importMap] = packed.match(/<script type="importmap">.*?<\/script>/);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const whole = await Promise.all(lines.map((line) => {
    const part = line.match(/<!-- engine: (.*) -->/)?.[1];
    return part ? readFile(path.join(ROOT, ENGINE, 'html', `${part}.html`), 'utf8') : line;
  }));
  return whole.join('\n').replace('<!-- preloads -->', importMap).replaceAll('%ENGINE%', `/web/${build}/engine`).replaceAll('%GAME%', `/web/${build}/game`);
}

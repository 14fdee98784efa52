// Serves the page from its sources instead of the packed one that the server holds: all but what is compiled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PAGE_SOURCES, ROOT } from './places.js';

const ENGINE = 'web-client/page';

/** In a browser context: files of pages come from the sources, if the environment asks for that. `game` is the one whose page is at `/`. */
export async function serveSources(context, game = 'arena') {
  if (!PAGE_SOURCES) return;
  /** Folders of the sources by the build that the server's page names. */
  const builds = new Map();
  await context.route(({ pathname }) => gameAt(pathname, game) !== undefined || pathname.startsWith('/web/'), async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!pathname.startsWith('/web/')) {
      const folder = `games/${gameAt(pathname, game)}/page`, answer = await route.fetch(), packed = await answer.text();
      builds.set(buildOf(packed), { engine: ENGINE, game: folder });
      return route.fulfill({ response: answer, body: await indexOf(path.join(ROOT, folder, 'index.html'), packed) });
    }
    const [build, half, ...rest] = pathname.split('/').slice(2);
    const folder = builds.get(build)?.[half], file = folder && path.join(ROOT, folder, ...rest);
    return file && existsSync(file) ? route.fulfill({ path: file }) : route.continue();
  });
}

/** The game whose page is at this path, if it is a page whose sources are here. */
function gameAt(pathname, first) {
  const name = pathname === '/' ? first : pathname.match(/^\/(\w+)\/$/)?.[1];
  return name && existsSync(path.join(ROOT, `games/${name}/page`)) ? name : undefined;
}

/** What the server calls this build of a page. */
const buildOf = (packed) => packed.match(/\/web\/(\w+)\//)[1];

/** A game's `index.html` as the packer makes it, without what is preloaded; `packed` is the page that the server has, with its import map. */
export async function indexOf(file, packed) {
  const build = buildOf(packed);
  const [importMap] = packed.match(/<script type="importmap">.*?<\/script>/);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const whole = await Promise.all(lines.map((line) => {
    const part = line.match(/<!-- engine: (.*) -->/)?.[1];
    return part ? readFile(path.join(ROOT, ENGINE, 'html', `${part}.html`), 'utf8') : line;
  }));
  return whole.join('\n').replace('<!-- preloads -->', importMap).replaceAll('%ENGINE%', `/web/${build}/engine`).replaceAll('%GAME%', `/web/${build}/game`);
}

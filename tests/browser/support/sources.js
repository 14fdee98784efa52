// Serves the page from its sources instead of the packed one that the server holds: all but what is compiled.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { PAGE_SOURCES } from './places.js';

/** In a browser context: files of the page come from the sources, if the environment asks for that. */
export async function serveSources(context) {
  if (!PAGE_SOURCES) return;
  let build = null;
  await context.route((url) => url.pathname === '/' || url.pathname.startsWith('/web/'), async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/') {
      const answer = await route.fetch();
      build ??= (await answer.text()).match(/\/web\/(\w+)\//)[1];
      const text = await readFile(path.join(PAGE_SOURCES, 'index.html'), 'utf8');
      return route.fulfill({ response: answer, body: text.replaceAll('%BUILD%', build).replace('<!-- preloads -->', '') });
    }
    const file = path.join(PAGE_SOURCES, pathname.split('/').slice(3).join('/'));
    return existsSync(file) ? route.fulfill({ path: file }) : route.continue();
  });
}

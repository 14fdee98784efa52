// A plugin for Vite: puts the engine's parts into a page's HTML, and lets the page reach a game server.

import { readFileSync } from 'node:fs';

/**
 * `import { ricochet } from 'ricochet-page/vite'`, and `plugins: [ricochet()]` in the configuration of Vite.
 *
 * - A line `<!-- engine: NAME -->` of the page's HTML becomes the engine's part of that name, as in pages that the server packs.
 * - `/api` of Vite's own servers (`vite`, `vite preview`) leads to the game server. A page that is served otherwise needs a proxy that does so.
 * - Packages with WebAssembly modules are served as they are.
 *
 * @param {object} [options]
 * @param {string} [options.server]  Where the game server is, `http://127.0.0.1:8080` without it.
 * @param {string[]} [options.games]  Packages of games, as `ricochet-arena`.
 */
export function ricochet({ server = 'http://127.0.0.1:8080', games = [] } = {}) {
  const proxy = { '/api': { target: server, changeOrigin: true } };
  return {
    name: 'ricochet',
    config: () => ({
      server: { proxy },
      preview: { proxy },
      // Bundling them for the development server would part a module from its `.wasm` file, and a worker from its script.
      optimizeDeps: { exclude: ['ricochet-page', ...games] },
      // Modules of WebAssembly are too large to stand in a script.
      build: { target: 'es2022', assetsInlineLimit: 0 },
    }),
    transformIndexHtml: {
      order: /** @type {'pre'} */ ('pre'),
      handler: (/** @type {string} */ html) => html.replace(/^.*<!-- engine: ([a-z-]+) -->.*$/gm, (_, name) => part(name)),
    },
  };
}

/** @param {string} name */
function part(name) {
  try {
    return readFileSync(new URL(`./html/${name}.html`, import.meta.url), 'utf8');
  } catch {
    throw new Error(`the engine has no part "${name}" for a page`);
  }
}

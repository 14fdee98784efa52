// What every test begins with: a server, players in front of it, and the rule that no console says an error.

import { test as base, expect } from '@playwright/test';

import { Player } from './player.js';
import { Server } from './server.js';
import { serveSources } from './sources.js';

/** A small room of each game, without computer opponents. */
const SMALL = {
  // On a map without cover, whose match begins at once and does not end, and in which nobody shoots.
  arena: { map: 'range', room_size: 4, warm_up_secs: 0, match_secs: 3_600, score_limit: 1_000 },
  petri: { game: 'petri', room_size: 8 },
};
/** A test does not wait until a room is old enough to be shown late. */
const COMMON = { fill: 0, seed: 1, spectators: 'live' };

/** Where the page of each game is tried: at its own address, or at the one of the server's first game. */
const PATHS = { arena: '', petri: 'petri/' };

/** A computer opponent, for those who want to fight. */
export const FOE = { fill: 2 };

/** What Chromium itself says of a server that is not there; the page cannot keep it from saying so. */
export const GONE = /net::ERR_|WebSocket connection to .* failed|Failed to establish a connection/;

export const test = base.extend({
  /** The game that is played. */
  game: ['arena', { option: true }],

  /** Keys of the server's configuration file; `state: false` for a server that keeps nothing. */
  settings: [{}, { option: true }],

  server: async ({ game, settings }, use, testInfo) => {
    const server = await Server.start({ ...COMMON, ...SMALL[game], ...settings }, testInfo.outputPath('server.toml'));
    await use(server);
    await server.remove();
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('server.log', { body: server.log });
  },

  /** Errors of every console; `allow(pattern)` says what a test brings about. */
  consoles: async ({}, use) => {
    const consoles = new Consoles();
    await use(consoles);
    expect(consoles.errors, 'errors in the console').toEqual([]);
  },

  /**
   * `newPlayer({transport, url, query, …})`: a browser of one's own, at the page; `query` goes
   * on with the address, `&play` say; what else is said goes to the browser.
   */
  newPlayer: async ({ browser, game, server, consoles }, use) => {
    const contexts = [];
    await use(async ({ transport = 'websocket', url = server.url, query = '', before = () => {}, ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
      contexts.push(context);
      consoles.watch(context);
      await serveSources(context, game);
      const player = new Player(await context.newPage(), url);
      await before(player.page);
      await player.open(`${PATHS[game]}?transport=${transport}${query}`);
      return player;
    });
    // Pages leave before their server ends, so that its end is nobody's error.
    for (const context of contexts) await context.close();
  },
});

class Consoles {
  #errors = [];
  #allowed = [];

  get errors() {
    return this.#errors.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
  }

  allow(pattern) {
    this.#allowed.push(pattern);
  }

  watch(context) {
    context.on('console', (message) => {
      if (message.type() === 'error') this.#errors.push(`${message.text()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.#errors.push(String(error.error().stack)));
  }
}

/** What a page can play over; a server without one of them is broken. */
export const TRANSPORTS = ['websocket', 'webtransport'];
export { expect };

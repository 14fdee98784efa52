// `cargo dev` in a fresh copy of the template, with a player in Chromium: rules, mistakes and scripts change while the player plays on.
//
// `cargo xtask test --only dev` makes the copy and runs this; it says by a variable where the copy is.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { CHROMIUM } from '../browser/support/places.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const COPY = process.env.RICOCHET_TEST_COPY;
const { chromium } = createRequire(path.join(HERE, '../browser/package.json'))('@playwright/test');
/** Generous: the first build compiles everything, and a busy machine is slow. */
const PATIENCE_MS = 1_200_000;
let tool, browser, page, url;

/** `cargo dev` as a child, and what it prints. */
class Tool {
  said = '';
  #child;
  /** Called when it has said something more, or has ended. */
  #wake = () => {};

  constructor() {
    this.#child = spawn('cargo', ['dev', '--', '--fill', '4', '--seed', '1'], { cwd: COPY, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (text) => {
        this.said += text;
        this.#wake();
      });
    }
    this.#child.on('exit', () => this.#wake());
  }

  /** Where it is now in what it says. */
  mark() {
    return this.said.length;
  }

  /** Waits until it has said something since a mark. */
  async says(pattern, mark = 0) {
    for (;;) {
      const found = this.said.slice(mark).match(pattern);
      if (found) return found;
      assert.equal(this.#child.exitCode, null, `cargo dev has ended without saying ${pattern}:\n${this.said}`);
      await new Promise((resolve) => this.#wake = resolve);
    }
  }

  /** As Ctrl-C in a terminal, which all processes of its group get. */
  async end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-this.#child.pid, 'SIGINT');
    await ended;
  }
}

/** Saves a file with a word replaced. */
async function edit(name, from, to) {
  const file = path.join(COPY, name);
  const text = await readFile(file, 'utf8');
  assert.ok(text.includes(from), `${name} has no ${from}`);
  await writeFile(file, text.replace(from, to));
}

const until = (condition, argument) => page.waitForFunction(condition, argument, { polling: 'raf' });
const server = async () => (await fetch(`${url}/api/server`)).json();

/** Those of all players of the room, as the server says. */
async function points() {
  const room = await (await fetch(`${url}/api/rooms/1`)).json();
  return room.players.reduce((sum, player) => sum + player.points, 0);
}

/** How fast the own square goes when a key is held, as the page shows it. */
async function speed() {
  await page.keyboard.down('d');
  const handle = await until(() => Math.abs(window.ricochet.own?.velocity_x) > 0 && window.ricochet.own.velocity_x);
  const speed = await handle.jsonValue();
  await page.keyboard.up('d');
  await until(() => window.ricochet.own?.velocity_x === 0);
  return speed;
}

before(async () => {
  tool = new Tool();
  url = (await tool.says(/served at (http:\S+)\//))[1];
  await tool.says(/server ready after/);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(url);
  await page.locator('#name').fill('Ada');
  await page.locator('#play').click();
  await until(() => window.ricochet.state === 'playing' && window.ricochet.own.x !== undefined);
}, { timeout: PATIENCE_MS });

after(async () => {
  await browser?.close();
  await tool?.end();
});

test('another constant: the same player goes on in the same seat with the same points, and it counts', async () => {
  const seat = await page.evaluate(() => window.ricochet.player);
  // Points that only the room knows, which a new match would not have.
  await page.waitForFunction(async () => (await (await fetch('/api/rooms/1')).json()).players.some((player) => player.points > 0), null, { polling: 250 });
  const scored = await points();
  const slow = await speed();
  const change = tool.mark();
  await edit('src/lib.rs', 'const SPEED: i32 = 160;', 'const SPEED: i32 = 320;');
  console.log((await tool.says(/rules changed: .*server back after .*/, change))[0]);
  console.log((await tool.says(/player moves again .*/, change))[0]);
  await until(() => window.ricochet.state === 'playing' && window.ricochet.own.x !== undefined);
  assert.equal(await page.evaluate(() => window.ricochet.player), seat);
  assert.equal(await page.evaluate(() => window.ricochet.resumes), 1, 'the page was loaded again, and its session went on');
  assert.ok(await points() >= scored, 'points are kept');
  assert.equal(await speed(), 2 * slow);
});

test('mistake of a rule: the page shows the compiler\'s words, plays on, and forgets them when it is mended', async () => {
  const seat = await page.evaluate(() => window.ricochet.player);
  await edit('src/lib.rs', 'const COINS: u16 = 12;', 'const COINS: u16 = "twelve";');
  const shown = page.locator('#dev-error');
  await shown.waitFor({ state: 'visible' });
  const words = await shown.textContent();
  assert.match(words, /mismatched types/);
  assert.match(words, /src\/lib\.rs/);
  const tick = await page.evaluate(() => window.ricochet.renderTick);
  await until((tick) => window.ricochet.state === 'playing' && window.ricochet.renderTick > tick, tick);
  await edit('src/lib.rs', 'const COINS: u16 = "twelve";', 'const COINS: u16 = 12;');
  await shown.waitFor({ state: 'detached' });
  await until(() => window.ricochet?.state === 'playing');
  assert.equal(await page.evaluate(() => window.ricochet.player), seat);
});

test('script of the page: the page is loaded again, and the server goes on', async () => {
  const seat = await page.evaluate(() => window.ricochet.player);
  const { uptime_s } = await server();
  const change = tool.mark();
  await edit('page/main.js', 'debug: {', 'debug: { marker: 7,');
  console.log((await tool.says(/page changed: packed in .*/, change))[0]);
  await until(() => window.ricochet?.marker === 7 && window.ricochet.state === 'playing');
  console.log((await tool.says(/player moves again .*/, change))[0]);
  assert.equal(await page.evaluate(() => window.ricochet.player), seat);
  assert.ok((await server()).uptime_s > uptime_s, 'the server was not started again');
  assert.doesNotMatch(tool.said.slice(change), /server back/);
});

test('layout that cannot be read: the tool says so, and the player plays in a new match', async () => {
  const change = tool.mark();
  await edit('src/lib.rs', 'pub struct Pond {', 'pub struct Pond {\n    another: u64,');
  await edit('src/lib.rs', 'Self { seats: start.seats,', 'Self { another: 1, seats: start.seats,');
  await tool.says(/a new match has begun/, change);
  await until(() => window.ricochet?.state === 'playing' && window.ricochet.own?.x !== undefined);
});

test('Ctrl-C ends the server as well', async () => {
  await tool.end();
  await assert.rejects(fetch(`${url}/api/server`));
});

// A project outside the repository installs both packages, type-checks, builds, and its page plays a match in Chromium.
//
// `cargo xtask test --only npm` makes the packages and runs this; it says where things are by variables.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { Server } from '../browser/support/server.js';
import { CHROMIUM } from '../browser/support/places.js';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const TARBALLS = process.env.RICOCHET_TEST_TARBALLS.split(path.delimiter);
const { chromium } = createRequire(path.join(HERE, '../browser/package.json'))('@playwright/test');
let project, server, preview, browser;

const run = async (program, ...words) => promisify(execFile)(program, words, { cwd: project });
/** What the compiler of TypeScript says: nothing if all is well. */
const check = (...words) => run('npx', '--no-install', 'tsc', '--noEmit', ...words).then(() => '', ({ stdout }) => stdout);

before(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'ricochet-npm-'));
  // Vite reads `.env` where it is started.
  process.chdir(project);
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'index.html', 'src']) {
    await cp(path.join(HERE, name), path.join(project, name), { recursive: true });
  }
  await run('npm', 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline');
  await run('npm', 'install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...TARBALLS);
});

after(async () => {
  await browser?.close();
  await preview?.close();
  await server?.remove();
  process.chdir(HERE);
  await rm(project, { recursive: true, force: true });
});

test('page in TypeScript has no fault, and a wrong name is one', async () => {
  assert.equal(await check(), '');
  // The packages' own types as well; those of Vite are not ours to judge.
  const all = await check('--skipLibCheck', 'false', '--lib', 'esnext,dom,dom.iterable');
  assert.deepEqual(all.split('\n').filter((line) => line.startsWith('node_modules/ricochet-')), []);
  const main = path.join(project, 'src/main.ts');
  const right = await readFile(main, 'utf8');
  const wrongs = [
    ['craft.health', 'craft.healthy', /Property 'healthy' does not exist on type 'Craft'/],
    ["steered('Craft')", "steered('Ship')", /'"Ship"' is not assignable/],
    ["event.weapon === 'rail'", "event.weapon === 'laser'", /have no overlap/],
    ['heading: code', 'headline: code', /'headline' does not exist in type 'Input'/],
  ];
  for (const [name] of wrongs) assert.ok(right.includes(name), name);
  await writeFile(main, wrongs.reduce((text, [name, wrong]) => text.replace(name, wrong), right));
  const complaints = await check();
  for (const [, , complaint] of wrongs) assert.match(complaints, complaint);
  assert.equal(complaints.trim().split('\n').length, wrongs.length, complaints);
  await writeFile(main, right);
});

test('built page plays a match', async () => {
  server = await Server.start({ fill: 4, warm_up_secs: 0, state: false }, path.join(project, 'ricochet.toml'));
  await writeFile(path.join(project, '.env'), `RICOCHET_SERVER=${server.url}\n`);
  const vite = await import(pathToFileURL(path.join(project, 'node_modules/vite/dist/node/index.js')));
  await vite.build({ root: project, logLevel: 'warn', configFile: path.join(project, 'vite.config.ts') });
  preview = await vite.preview({
    root: project, configFile: path.join(project, 'vite.config.ts'), preview: { host: '127.0.0.1', port: 0, strictPort: true },
  });
  const { port } = preview.httpServer.address();
  browser = await chromium.launch({
    executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('#name').fill('Tess');
  await page.locator('#play').click();
  await page.waitForFunction(() => window.ricochet.state === 'playing' && window.ricochet.seen.x > 0);
  const { x } = await page.evaluate(() => window.ricochet.seen);
  // Away from the nearer wall; somebody may shoot the craft down, and the next one flies on.
  await page.keyboard.down(x < 480 ? 'ArrowRight' : 'ArrowLeft');
  await page.waitForFunction((x) => Math.abs(window.ricochet.seen.x - x) > 60, x);
  await page.keyboard.up('ArrowRight');
  await page.keyboard.press('Enter');
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  await page.locator('#chat-log', { hasText: 'hello' }).waitFor();
  const seen = await page.evaluate(() => window.ricochet.seen);
  assert.deepEqual(['standing', 'match'].filter((kind) => !seen.events.includes(kind)), []);
  assert.equal(typeof seen.own.rail_shots, 'number');
  assert.deepEqual(faults, []);
});

// Watching a recording: a real match is recorded by a real server, and `replay show` shows it.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { devices } from '@playwright/test';

import { Player } from './support/player.js';
import { Show, recordingIn } from './support/recording.js';
import { Server } from './support/server.js';
import { test as base, expect } from './support/test.js';

/** Seconds of the match that is recorded. */
const RECORDED_S = 15;
const { defaultBrowserType, ...PHONE } = devices['Pixel 7'];

const test = base.extend({
  /** A file with Zoe's fight against computers, recorded once. */
  recording: [async ({ browser }, use, workerInfo) => {
    const folder = workerInfo.project.outputDir;
    const state = path.join(folder, `recorded-${workerInfo.workerIndex}`);
    const settings = {
      map: 'range', room_size: 6, fill: 5, warm_up_secs: 0, match_secs: RECORDED_S, results_secs: 1, score_limit: 1_000, seed: 3, state,
    };
    const server = await Server.start(settings, `${state}.toml`);
    const context = await browser.newContext();
    const player = new Player(await context.newPage(), server.url);
    await player.open('?transport=websocket');
    await player.play('Zoe');
    await player.page.mouse.move(900, 300);
    await player.page.mouse.down();
    let found;
    await expect.poll(async () => (found = await recordingIn(path.join(state, 'recordings'))), { timeout: 150_000 }).toBeTruthy();
    const file = `${state}.rrec`;
    await copyFile(found, file);
    await context.close();
    await server.end();
    await use(file);
  }, { scope: 'worker', timeout: 240_000 }],

  /** `watch(file, {…})`: a browser in front of a recording; what else is said goes to the browser. */
  watch: async ({ browser, consoles }, use) => {
    const ends = [];
    await use(async (file, options = {}) => {
      const show = await Show.start(file);
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
      ends.push(() => context.close(), () => show.end());
      consoles.watch(context);
      const viewer = new Player(await context.newPage(), show.url);
      await viewer.page.goto(show.url);
      await viewer.until(() => window.ricochet?.replay);
      return viewer;
    });
    for (const end of ends) await end();
  },
});

const replay = (viewer) => viewer.get('replay');
const seconds = async (viewer) => (await replay(viewer)).seconds;
/** CSS pixels of a pixel of the world. */
const scale = (viewer) => viewer.page.evaluate(() => window.ricochet.onScreen(1, 0).x - window.ricochet.onScreen(0, 0).x);
/** Where a press meets a player: on the picture, with nothing of the page in front. The recording must stand still. */
const pressable = (viewer) => viewer.page.evaluate(() => {
  const alive = window.ricochet.crafts.filter(({ alive }) => alive);
  const places = alive.map(({ x, y }) => window.ricochet.onScreen(x, y));
  return places.find(({ x, y }) => document.elementFromPoint(x, y)?.id === 'stage') ?? null;
});

test('recorded match plays, is verified, and goes where it is sent', async ({ recording, watch }) => {
  const viewer = await watch(recording);
  const { page } = viewer;
  const { length, map } = await replay(viewer);
  expect(map).toBe('range');
  expect(length).toBeGreaterThanOrEqual(RECORDED_S);
  await viewer.until(() => window.ricochet.replay.verified === 1);
  expect(await replay(viewer)).toMatchObject({ matches: true, differs: [], gaps: [] });
  expect((await replay(viewer)).counted).toBeGreaterThan(0);
  await expect(page.locator('#replay-truth')).toContainText('ticks verified');
  await expect(page.locator('#replay-notice')).toBeHidden();

  // It plays by itself, and stands still when told.
  await viewer.until(() => window.ricochet.replay.seconds > 1);
  await page.keyboard.press('Space');
  expect((await replay(viewer)).playing).toBe(false);
  const at = await seconds(viewer);
  await viewer.nextFrames();
  expect(await seconds(viewer)).toBe(at);

  await page.keyboard.press('End');
  await expect.poll(() => seconds(viewer)).toBeCloseTo(length, 5);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => seconds(viewer)).toBeCloseTo(length - 5, 5);
  // Where it goes is known at once, what is shown only with the next picture.
  await viewer.nextFrames();
  const tick = (await replay(viewer)).tick;
  for (const [key, ticks] of [['Period', 1], ['Period', 2], ['Comma', 1], ['Comma', 0], ['Comma', -1]]) {
    await page.keyboard.press(key);
    await expect.poll(async () => (await replay(viewer)).tick).toBe(Math.floor(tick) + ticks);
  }

  const line = await page.locator('#replay-line').boundingBox();
  await page.mouse.click(line.x + line.width / 2, line.y + line.height / 2);
  await expect.poll(async () => Math.abs(await seconds(viewer) - length / 2)).toBeLessThan(0.1);
  await viewer.screenshot('replay');
});

test('slow is smooth, fast is fast, and it stops at its end', async ({ recording, watch }) => {
  const viewer = await watch(recording);
  const { page } = viewer;
  await page.locator('[data-speed="0.1"]').click();
  // Many pictures of one tick, each a little later than the one before.
  const ticks = await page.evaluate(() => new Promise((resolve) => {
    const seen = [];
    const look = () => {
      seen.push(window.ricochet.replay.tick);
      if (seen.length === 20) resolve(seen);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }));
  const steps = ticks.slice(1).map((tick, index) => tick - ticks[index]);
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(0);
  expect(new Set(ticks.map((tick) => tick % 1)).size).toBeGreaterThan(10);
  await page.locator('[data-speed="8"]').click();
  await viewer.until(() => !window.ricochet.replay.playing);
  const { seconds: at, length } = await replay(viewer);
  expect(at).toBeCloseTo(length, 5);
  // Once more from the start.
  await page.keyboard.press('Space');
  await viewer.until(() => window.ricochet.replay.playing && window.ricochet.replay.seconds < 3);
});

test('players are followed by key, by list and by pressing them, and left by dragging', async ({ recording, watch }) => {
  const viewer = await watch(recording);
  const { page } = viewer;
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  await expect.poll(async () => (await viewer.get('scores')).some(({ name }) => name === 'Zoe')).toBe(true);
  const followed = page.locator('#replay-followed');
  await page.keyboard.press('1');
  const best = (await viewer.get('scores'))[0];
  await expect(followed).toHaveText(best.name);
  expect((await viewer.get('own')).player).toBe(best.player);
  await expect(page.locator('#vitals')).toBeVisible();
  await page.keyboard.press('KeyN');
  await expect(followed).not.toHaveText(best.name);
  await page.keyboard.press('Tab');
  await page.locator('#scoreboard-body tr').filter({ hasText: 'Zoe' }).click();
  await expect(page.locator('#scoreboard')).toBeHidden();
  await expect(followed).toHaveText('Zoe');

  await page.mouse.move(640, 300);
  await page.mouse.down();
  await page.mouse.move(700, 340, { steps: 4 });
  await page.mouse.up();
  await expect(followed).toHaveText('Free view');
  expect(await viewer.get('own')).toBeNull();
  const [craft] = (await viewer.get('crafts')).filter(({ alive }) => alive);
  const before = await page.evaluate(({ x, y }) => window.ricochet.onScreen(x, y), craft);
  const near = await scale(viewer);
  await page.mouse.wheel(0, 600);
  // The browser hands a wheel on when it likes, and everybody is elsewhere on the screen once it has.
  await expect.poll(() => scale(viewer)).toBeLessThan(near);
  const after = await page.evaluate(({ x, y }) => window.ricochet.onScreen(x, y), craft);
  expect(Math.hypot(after.x - 700, after.y - 340)).toBeLessThan(Math.hypot(before.x - 700, before.y - 340) + 1);
  // At the end of a match somebody may have died, or lie under the bar.
  let place;
  await expect.poll(async () => {
    place = await pressable(viewer);
    if (!place) {
      await page.keyboard.press('ArrowLeft');
      await viewer.nextFrames(2);
    }
    return place;
  }).not.toBeNull();
  await page.mouse.click(place.x, place.y);
  await expect(followed).not.toHaveText('Free view');
});

test('damaged file is told of, and the rest of it shown', async ({ recording, watch }, testInfo) => {
  const bytes = await readFile(recording);
  // Several chunks.
  const middle = Math.floor(bytes.length * 0.4);
  bytes.fill(0, middle, middle + 1_500);
  const file = testInfo.outputPath('damaged.rrec');
  await writeFile(file, bytes);
  const viewer = await watch(file);
  await expect(viewer.page.locator('#replay-notice')).toContainText('cannot be read');
  await viewer.until(() => window.ricochet.replay.verified === 1);
  expect((await replay(viewer)).gaps.length).toBe(1);
  await viewer.until(() => window.ricochet.replay.seconds > 0.5);
  await viewer.screenshot('replay-damaged');
});

test('files are dropped onto the page of any server', async ({ recording, newPlayer }) => {
  const player = await newPlayer();
  const drop = async (name, bytes) => {
    const files = await player.page.evaluateHandle(({ name, text }) => {
      const files = new DataTransfer();
      files.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name));
      return files;
    }, { name, text: Buffer.from(bytes).toString('base64') });
    await player.page.dispatchEvent('#stage', 'drop', { dataTransfer: files });
  };
  await drop('holiday.jpg', Buffer.from('certainly no recording'));
  await expect(player.page.locator('#replay-panel')).toContainText('This is not a recording');
  await player.screenshot('replay-refused');
  await drop('fight.rrec', await readFile(recording));
  await player.until(() => window.ricochet.replay?.seconds > 0.5);
  await expect(player.page.locator('#replay-panel')).toBeHidden();
  await player.page.locator('#leave').click();
  await expect(player.page.locator('#name')).toBeVisible();
});

test('address without a recording says so', async ({ newPlayer, consoles }) => {
  consoles.allow(/404/);
  const player = await newPlayer();
  await player.page.goto(`${player.url}/?replay=/nothing/here`);
  await expect(player.page.locator('#replay-panel')).toContainText('no recording at /nothing/here');
});

for (const [layout, viewport] of [['portrait', { width: 390, height: 844 }], ['landscape', { width: 844, height: 390 }]]) {
  test(`a phone shows it too, ${layout}`, async ({ recording, watch }) => {
    const viewer = await watch(recording, { ...PHONE, viewport });
    const { page } = viewer;
    await viewer.until(() => window.ricochet.replay.seconds > 0.3);
    const outside = await page.evaluate(() => [...document.querySelectorAll('#replay, #replay *, #tools button, #match')]
      .filter((element) => element.checkVisibility())
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([, { left, right, bottom }]) => left < -1 || right > innerWidth + 1 || bottom > innerHeight + 1)
      .map(([element]) => element.id || element.outerHTML.slice(0, 80)));
    expect(outside).toEqual([]);
    await page.locator('#replay-play').tap();
    expect((await replay(viewer)).playing).toBe(false);
    await page.locator('#replay-next').tap();
    await expect(page.locator('#replay-followed')).not.toHaveText('Free view');
    await viewer.screenshot(`replay-phone-${layout}`);
  });
}

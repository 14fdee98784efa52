// Petri's page: a cell that swims, grows and splits, what lies over the dish, and what a player of any game may expect of the page.

import path from 'node:path';

import { devices } from '@playwright/test';

import { faultsOf, fits } from './support/fits.js';
import { OUT } from './support/places.js';
import { Show } from './support/recording.js';
import { serveSources } from './support/sources.js';
import { GONE, expect, test } from './support/test.js';

/** Fewer pellets, which is less work for a server that also shares its machine with browsers; cells that are large enough to split. */
const START_MASS = 100;
test.use({
  game: 'petri',
  settings: { 'games.petri.pellets': 2_000, 'games.petri.start_mass': START_MASS },
});

/** Points the mouse at the pellet that is nearest to the player's cells. */
async function pointAtPellet(player) {
  const { x, y } = await player.until(() => {
    const { own, pellets } = window.ricochet;
    if (!own) return null;
    const distance = ({ x, y }) => Math.hypot(x - own.x, y - own.y);
    const [pellet] = pellets.sort((a, b) => distance(a) - distance(b));
    return pellet && window.ricochet.onScreen(pellet.x, pellet.y);
  });
  await player.page.mouse.move(x, y);
}

/** Swims from pellet to pellet until the cells have at least this mass together. */
async function growTo(player, mass) {
  await expect.poll(async () => {
    await pointAtPellet(player);
    return (await player.get('own'))?.mass;
  }, { intervals: [50] }).toBeGreaterThanOrEqual(mass);
}

/** The place, pixels of the world. */
const placeOf = async (player) => {
  const { x, y } = await player.until(() => window.ricochet.own);
  return { x, y };
};

/** Until the cells have moved so far, pixels of the world. */
const untilMoved = (player, from, px) => player.until(
  ({ x, y, px }) => window.ricochet.own && Math.hypot(window.ricochet.own.x - x, window.ricochet.own.y - y) > px, { ...from, px },
);

const ownCells = (player) => player.page.evaluate(() => window.ricochet.cells.filter((cell) => cell.isOwn).length);

test('cell swims where the mouse points, grows by pellets, splits and ejects', async ({ newPlayer }) => {
  const player = await newPlayer();
  const { page } = player;
  await expect(page).toHaveTitle('Petri');
  await player.play('Zoe');
  await page.mouse.move(1_000, 360);
  const from = await placeOf(player);
  await player.until(({ x }) => window.ricochet.own?.x > x + 60, from);
  await growTo(player, START_MASS + 10);
  await expect(page.locator('#mass')).toBeVisible();
  await expect.poll(async () => Number(await page.locator('#mass-now').textContent())).toBeGreaterThanOrEqual(START_MASS + 10);
  await expect(page.locator('#mass-place')).toHaveText('place 1 of 1');
  await page.keyboard.press('Space');
  await expect.poll(() => ownCells(player)).toBe(2);
  await player.screenshot('petri-split');
  // A cell that ejects gets smaller: two of them lose 32. At rest they do not swim after what they ejected.
  await page.mouse.move(640, 360);
  const { mass } = await player.until(() => window.ricochet.own);
  await page.keyboard.press('KeyW');
  await player.until((mass) => window.ricochet.own?.mass <= mass - 20, mass);
});

test('leaderboard, scoreboard and minimap say who leads and where one is', async ({ newPlayer }) => {
  const [zoe, yan] = [await newPlayer(), await newPlayer()];
  await zoe.play('Zoe');
  await yan.play('Yan');
  await growTo(zoe, START_MASS + 6);
  const leaders = zoe.page.locator('#leaders-list li');
  await expect(leaders).toHaveCount(2);
  await expect(leaders.nth(0)).toContainText('Zoe');
  await expect(leaders.nth(0)).toHaveAttribute('data-own', '');
  await expect(leaders.nth(1)).toContainText('Yan');
  await expect(yan.page.locator('#leaders-list li[data-own]')).toContainText('Yan');
  await zoe.page.keyboard.down('Tab');
  const lines = zoe.page.locator('#scoreboard-body tr');
  await expect(lines.nth(0)).toContainText('Zoe');
  await expect(lines.nth(0).locator('.score')).toHaveText(/^1\d\d$/);
  await zoe.page.keyboard.up('Tab');
  // The point on the minimap is where the cells are.
  await expect(zoe.page.locator('#minimap')).toBeVisible();
  await expect.poll(() => zoe.page.evaluate(() => {
    const canvas = document.querySelector('#minimap canvas'), { own, side } = window.ricochet;
    const at = (part) => Math.floor(part / side * canvas.width);
    return [...canvas.getContext('2d').getImageData(at(own.x), at(own.y), 1, 1).data];
  })).toEqual([244, 251, 255, 255]);
});

test('server that dies and starts again gives each player the same cells', async ({ newPlayer, server, consoles }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const [seat, room] = [await player.get('player'), await player.get('room')];
  await growTo(player, START_MASS + 10);
  await player.page.mouse.move(1_000, 360);
  await untilMoved(player, await placeOf(player), 300);
  const { mass } = await player.until(() => window.ricochet.own);
  consoles.allow(GONE);
  await server.end('SIGKILL');
  await expect(player.page.locator('#connection-title')).toHaveText('Coming back');
  await expect(player.page.locator('#connection-text')).toContainText('Your cell is kept');
  await server.start();
  await player.until(() => window.ricochet.resumes > 0 && window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  expect(await player.get('player')).toBe(seat);
  expect(await player.get('room')).toBe(room);
  // The server may lose the mass that was swallowed in the last moments before.
  expect((await player.get('own')).mass).toBeGreaterThan(mass - 10);
  await player.page.mouse.move(300, 360);
  await untilMoved(player, await placeOf(player), 60);
});

test('spectator sees the dish around a player, and joins it', async ({ newPlayer }) => {
  const zoe = await newPlayer();
  await zoe.play('Zoe');
  const room = await zoe.get('room');
  const viewer = await newPlayer();
  await viewer.page.locator(`[data-watch="${room}"]`).click();
  await viewer.until(() => window.ricochet.watching && window.ricochet.cells.length > 0);
  await expect(viewer.page.locator('#watching-name')).toHaveText('Zoe');
  await expect(viewer.page.locator('#mass')).toBeHidden();
  await expect(viewer.page.locator('#minimap')).toBeVisible();
  // Zoe comes to rest, and the viewer sees it where it is.
  await zoe.page.mouse.move(640, 360);
  await expect.poll(async () => {
    const [seen, real] = [await placeOf(viewer), await placeOf(zoe)];
    return Math.hypot(seen.x - real.x, seen.y - real.y);
  }).toBeLessThan(10);
  await viewer.screenshot('petri-watching');
  await viewer.page.locator('#watching-play').click();
  await viewer.page.locator('#name').fill('Yan');
  await viewer.page.locator(`[data-room="${room}"]`).click();
  await viewer.untilPlaying();
  expect(await viewer.get('room')).toBe(room);
});

/** A pad that a test holds in its hands: `window.pad`. */
const withPad = (page) => page.addInitScript(() => {
  const buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
  window.pad = { index: 0, connected: true, mapping: 'standard', axes: [0, 0, 0, 0], buttons };
  navigator.getGamepads = () => [window.pad];
});

test('gamepad swims and splits', async ({ newPlayer }) => {
  const player = await newPlayer({ before: withPad });
  await player.play('Zoe');
  const from = await placeOf(player);
  await player.page.evaluate((x) => window.pad.axes = [x, 0, 0, 0], from.x < 8_000 ? 1 : -1);
  await untilMoved(player, from, 60);
  await player.page.evaluate(() => window.pad.buttons[0].pressed = true);
  await expect.poll(() => ownCells(player)).toBe(2);
});

const { defaultBrowserType, ...PHONE } = devices['Pixel 7'];
/** What may be seen at the same time. */
const PARTS = ['minimap', 'leaders', 'tools', 'truth', 'ended', 'mass', 'chat-log', 'eject', 'split'];

for (const [layout, viewport] of [['portrait', { width: 390, height: 844 }], ['landscape', { width: 844, height: 390 }]]) {
  test(`thumbs swim and split on a phone, and nothing overlaps, ${layout}`, async ({ newPlayer }) => {
    const player = await newPlayer({ ...PHONE, viewport });
    const { page } = player;
    await fits(page);
    // Without a graphics card, the picture has one pixel per CSS pixel.
    expect(await page.locator('#stage').evaluate((stage) => stage.width)).toBe(viewport.width);
    await page.locator('#name').fill('Zoe');
    await page.locator('#play').tap();
    await player.untilPlaying();
    await expect(page.locator('#leaders')).toBeVisible();
    await fits(page);
    const thumb = { x: viewport.width * 0.3, y: viewport.height * 0.7, id: 1 }, from = await placeOf(player);
    const fingers = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => fingers.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', thumb);
    await touch('touchMove', { ...thumb, x: thumb.x + (from.x < 8_000 ? 50 : -50) });
    await untilMoved(player, from, 60);
    await player.screenshot(`petri-phone-${layout}`);
    await touch('touchEnd');
    await page.locator('#split').tap();
    await expect.poll(() => ownCells(player)).toBe(2);
    // The most that may be there at once; in one go with the look, before a frame hides it again.
    await page.evaluate(() => {
      const text = (id, words) => document.getElementById(id).textContent = words;
      const leader = () => '<li><span>Maximilian the Terrible</span><b>19876</b></li>';
      text('truth', 'Your link is uneven: answers take 1454 ± 2073 ms.');
      text('ended-by', 'Maximilian the Terrible swallowed you');
      text('ended-life', 'You lived 12:34 and grew to a mass of 19876.');
      text('ended-back', 'Back in 2 s, or at once when you split.');
      document.getElementById('leaders-list').innerHTML = Array.from({ length: 10 }, leader).join('');
      document.getElementById('chat-log').innerHTML = '<li>Maximilian the Terrible good game, everyone, again?</li>'.repeat(5);
      for (const id of ['truth', 'ended']) Object.defineProperty(document.getElementById(id), 'hidden', { set() {}, get: () => false });
      for (const id of ['truth', 'ended']) document.getElementById(id).removeAttribute('hidden');
    });
    await player.screenshot(`petri-phone-${layout}-full`);
    expect(await faultsOf(page, PARTS)).toEqual([]);
  });
}

test('recording of a dish plays in the page and is verified', async ({ newPlayer, browser, server, consoles }, testInfo) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await growTo(player, START_MASS + 6);
  await player.page.context().close();
  await server.end();
  // The match has no end: what was played until now is in the file of the room.
  const show = await Show.start(testInfo.outputPath('state/rooms/room-1.rrec'));
  const context = await browser.newContext();
  consoles.watch(context);
  await serveSources(context, 'petri');
  const page = await context.newPage();
  await page.goto(show.url);
  await page.waitForFunction(() => window.ricochet?.replay?.verified === 1 && window.ricochet.cells.length > 0);
  const { matches, differs, gaps } = await page.evaluate(() => window.ricochet.replay);
  expect({ matches, differs, gaps }).toEqual({ matches: true, differs: [], gaps: [] });
  await expect(page.locator('#replay-truth')).toContainText('ticks verified');
  await page.screenshot({ path: path.join(OUT, 'screens', 'petri-replay.png') });
  await context.close();
  await show.end();
});

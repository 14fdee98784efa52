// What a visit costs: bytes of the first load, time until the own craft moves, frames of a large fight. Times are told and
// judged by nobody here; bytes are.

import { report } from './support/figures.js';
import { expect, test } from './support/test.js';

const FIRST_LOAD_BYTES_MAX = 300_000;

test('first visit transfers less than 300 kB', async ({ newPlayer }, testInfo) => {
  const sizes = new Map(), names = [];
  const player = await newPlayer({
    before: async (page) => {
      const network = await page.context().newCDPSession(page);
      await network.send('Network.enable');
      network.on('Network.requestWillBeSent', ({ request }) => names.push(request.url));
      network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
    },
  });
  await player.play('Zoe');
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  report(testInfo, { first_load: { bytes, files: sizes.size } });
  expect(sizes.size).toBeGreaterThan(10);
  expect(names.filter((name) => name.includes('replay'))).toEqual([]);
  expect(bytes).toBeLessThan(FIRST_LOAD_BYTES_MAX);
});

test('time from navigation to the own craft moving', async ({ newPlayer }, testInfo) => {
  const player = await newPlayer({
    before: (page) => page.addInitScript(() => {
      // Noticed by the page itself, at the frame in which it happens.
      let first;
      const look = () => {
        const own = window.ricochet?.own;
        first ??= own && { x: own.x, y: own.y };
        if (own && window.playingAt === undefined) window.playingAt = performance.now();
        if (own && Math.hypot(own.x - first.x, own.y - first.y) > 1) window.movedAt ??= performance.now();
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }),
  });
  // A returning player, whose link says to play at once.
  await player.page.goto(`${player.url}/?transport=websocket&play&name=Zoe`);
  await expect.poll(async () => {
    // Keys count once one plays, and a key that is held repeats itself.
    for (const key of ['KeyD', 'KeyS']) await player.page.keyboard.down(key);
    return player.page.evaluate(() => window.movedAt);
  }, { intervals: [10] }).toBeTruthy();
  const { playingAt, movedAt } = await player.page.evaluate(() => ({ playingAt: window.playingAt, movedAt: window.movedAt }));
  report(testInfo, { navigation_to: { first_own_frame_ms: Math.round(playingAt), first_own_movement_ms: Math.round(movedAt) } });
});

test('frames with 64 crafts and 200 shells in view', async ({ newPlayer }, testInfo) => {
  const player = await newPlayer();
  await player.page.goto(`${player.url}/?bench=64`);
  await player.until(() => window.ricochet.bench);
  const { crafts, shells, ...frames } = await player.get('bench');
  report(testInfo, { frames_without_graphics_card: { crafts, shells, ...frames } });
  await player.screenshot('bench');
  expect(crafts).toBeGreaterThanOrEqual(64);
  expect(shells).toBe(200);
});

test.describe('in a dish', () => {
  test.use({ game: 'petri' });

  test('frames with 400 cells and 200 pellets in view', async ({ newPlayer }, testInfo) => {
    const player = await newPlayer();
    await player.page.goto(`${player.url}/petri/?bench=400`);
    await player.until(() => window.ricochet.bench);
    const { cells, pellets, ...frames } = await player.get('bench');
    report(testInfo, { petri_frames_without_graphics_card: { cells, pellets, ...frames } });
    await player.screenshot('petri-bench');
    expect([cells, pellets]).toEqual([400, 200]);
  });
});

// A fresh copy of the template: its page plays, and its bots play over every transport.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { Player } from '../support/player.js';
import { Show, recordingIn } from '../support/recording.js';
import { GONE, expect, test } from '../support/test.js';

const BOTS = process.env.RICOCHET_TEST_BOTS;

/** The template has no maps, no warm-up and no score that ends a match. */
const NONE = { map: undefined, maps: undefined, match_secs: undefined, warm_up_secs: undefined, score_limit: undefined };

test.use({ settings: { ...NONE, room_size: 16, fill: 3 } });

const untilPlaying = (player) =>
  player.until(() => window.ricochet.state === 'playing' && window.ricochet.own.x !== undefined);

async function join(player) {
  await player.page.locator('#name').fill('Ada');
  await player.page.locator('#play').click();
  await untilPlaying(player);
}

/** Moves the own square to where there is more room, until it has gone so far. */
async function move(player, px) {
  const { x } = await player.get('own');
  const [key, way] = x < 600 ? ['KeyD', 1] : ['KeyA', -1];
  await player.holding([key], () => player.until(
    ({ x, way, px }) => (window.ricochet.own.x - x) * way > px, { x, way, px },
  ));
}

test('fresh copy serves a page that plays, predicted, beside its computer opponents', async ({ newPlayer }) => {
  const player = await newPlayer();
  const { page } = player;
  await expect(page).toHaveTitle('Pond');
  await join(player);
  await expect(page).toHaveTitle(/^Room \d+ · Pond$/);
  expect(await player.get('coins')).toBe(12);

  await move(player, 100);

  await page.keyboard.down('Tab');
  await expect(page.locator('#scoreboard-body tr')).toHaveCount(3);
  await expect(page.locator('#scoreboard-body tr[data-own]')).toContainText('Ada');
  await page.keyboard.up('Tab');
  await player.screenshot('own-game');
});

test('fresh copy comes back after its server was killed, in its own seat', async ({ newPlayer, server, consoles }) => {
  consoles.allow(GONE);
  const player = await newPlayer();
  const { page } = player;
  await join(player);
  const seat = await player.get('player');
  // The server writes 0.3 s of play at a time; this takes longer.
  await move(player, 300);
  await server.end('SIGKILL');
  // Before the next server is there: a page comes back sooner than one can look.
  await player.until(() => window.ricochet.state !== 'playing');
  await server.start();
  await untilPlaying(player);
  expect(await player.get('player')).toBe(seat);
});

test('bots of a fresh copy play over every transport, and no state is wrong', async ({ server }, testInfo) => {
  const file = testInfo.outputPath('bots.json');
  await promisify(execFile)(BOTS, ['--server', server.url, '--bots', '9', '--seconds', '5', '--quiet', '--json', file]);
  const report = JSON.parse(await readFile(file, 'utf8'));
  expect(report).toMatchObject({ joined: 9, disconnects: 0, state_mismatches: 0, problems: {} });
  expect(report.state_checks).toBeGreaterThan(0);
  expect(Object.entries(report.by_transport).map(([name, { bots }]) => [name, bots])).toEqual([['quic', 3], ['ws', 3], ['wt', 3]]);
});

test('recording of a fresh copy plays in its page, and every tick is as it was recorded', async ({ newPlayer, server, consoles, browser }, testInfo) => {
  const player = await newPlayer();
  await join(player);
  await move(player, 500);
  await player.page.close();
  await server.end();
  const show = await Show.start(await recordingIn(testInfo.outputPath('state', 'rooms')));
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  consoles.watch(context);
  const viewer = new Player(await context.newPage(), show.url);
  await viewer.page.goto(show.url);
  await viewer.until(() => window.ricochet?.replay?.verified === 1);
  expect(await viewer.get('replay')).toMatchObject({ matches: true, differs: [], counted: 0 });
  await viewer.until(() => window.ricochet.replay.seconds > 1);
  expect(await viewer.get('coins')).toBe(12);
  await context.close();
  await show.end();
});

// The engine's half of the page knows no game: another one that gives it no more than it must plays, chats and leaves.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { ROOT } from './support/places.js';
import { indexOf } from './support/sources.js';
import { expect, test } from './support/test.js';

const FOLDER = path.join(ROOT, 'tests/browser/support/other-game');
/** Where its files would be, had it been packed. */
const GAME = 'games/other/page';

/** In place of the arena's page, this one. */
async function serveOther(page) {
  await page.route((url) => url.pathname === '/', async (route) => {
    const answer = await route.fetch();
    const [, build] = (await answer.text()).match(/\/web\/(\w+)\//);
    return route.fulfill({ response: answer, body: await indexOf(path.join(FOLDER, 'index.html'), GAME, build) });
  });
  await page.route(`**/${GAME}/main.js`, async (route) => route.fulfill({
    contentType: 'text/javascript', body: await readFile(path.join(FOLDER, 'main.js'), 'utf8'),
  }));
}

test('another game plays on the engine alone', async ({ newPlayer }) => {
  // What a test answers in place of the server has no address that the browser would take for a local one.
  const player = await newPlayer({ before: serveOther, permissions: ['local-network-access'] });
  const { page } = player;
  expect(await page.title()).toBe('Dots');
  await page.locator('#name').fill('Zoe');
  await page.locator('#play').click();
  await player.until(() => window.ricochet.state === 'playing' && window.ricochet.dot.x > 0);
  await expect(page).toHaveTitle(/^Room \d+ · Dots$/);

  const { x } = await player.get('dot');
  const [key, way] = x < 480 ? ['ArrowRight', 1] : ['ArrowLeft', -1];
  await player.holding([key], () => player.until(({ x, way }) => (window.ricochet.dot.x - x) * way > 60, { x, way }));

  await player.say('hello');
  await expect(page.locator('#chat-log')).toContainText('Zoe hello');

  await page.keyboard.down('Tab');
  await expect(page.locator('#scoreboard-title')).toHaveText('All dots');
  await expect(page.locator('#scoreboard-head')).toHaveText('#PlayerSeat');
  await expect(page.locator('#scoreboard-body tr[data-own]')).toContainText('Zoe');
  await expect(page.locator('#scoreboard-body tr[data-own]')).toContainText(`S${await player.get('player')}`);
  await page.keyboard.up('Tab');

  await page.keyboard.press('Escape');
  await page.locator('#large').click();
  await expect(page.locator('#large')).toHaveText('Small dots');
  await expect(page.locator('#large')).toHaveAttribute('aria-pressed', 'true');
  await player.screenshot('other-game');
  await page.locator('#leave-match').click();
  await expect(page.locator('#join')).toBeVisible();
  await expect(page).toHaveTitle('Dots');
});

// The engine's half of the page knows no game: another one that gives it no more than it must plays, chats and leaves.

import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { ROOT } from './support/places.js';
import { indexOf } from './support/sources.js';
import { expect, test } from './support/test.js';

const FOLDER = path.join(ROOT, 'tests/browser/support/other-game');

/** In place of the arena's half of the page, this one. */
async function serveOther(page) {
  await page.route((url) => url.pathname === '/', async (route) => {
    const answer = await route.fetch();
    return route.fulfill({ response: answer, body: await indexOf(path.join(FOLDER, 'index.html'), await answer.text()) });
  });
  await page.route('**/game/main.js', async (route) => route.fulfill({
    contentType: 'text/javascript', body: await readFile(path.join(FOLDER, 'main.js'), 'utf8'),
  }));
}

/** What a test answers in place of the server has no address that the browser would take for a local one. */
const OTHER = { before: serveOther, permissions: ['local-network-access'] };

test('another game plays on the engine alone', async ({ newPlayer }) => {
  const player = await newPlayer(OTHER);
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

for (const [width, height] of [[1280, 720], [390, 844]]) {
  test(`engine's parts stand beside each other without a game's style sheet, ${width}x${height}`, async ({ newPlayer }) => {
    const player = await newPlayer({ ...OTHER, viewport: { width, height } });
    await player.page.locator('#name').fill('Zoe');
    await player.page.locator('#play').click();
    await player.until(() => window.ricochet.state === 'playing' && window.ricochet.dot.x > 0);
    const faults = await player.page.evaluate((ids) => {
      for (const id of ids) document.getElementById(id).hidden = false;
      document.getElementById('truth').textContent = 'Your link is uneven: answers take 1454 ± 2073 ms.';
      document.getElementById('watching-name').textContent = 'Maximilian the Terrible';
      document.getElementById('chat-log').innerHTML = '<li>Maximilian the Terrible good game, everyone, again?</li>'.repeat(3);
      const boxes = ids.map((id) => ({ id, ...document.getElementById(id).getBoundingClientRect().toJSON() }));
      return boxes.flatMap((a, index) => [
        ...(a.width > 0 && a.left >= 0 && a.top >= 0 && a.right <= innerWidth && a.bottom <= innerHeight ? [] : [`${a.id} cannot be seen whole`]),
        ...boxes.slice(index + 1)
          .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
          .map((b) => `${a.id} lies on ${b.id}`),
      ]);
    }, ['tools', 'truth', 'watching', 'chat-log', 'network']);
    await player.screenshot(`other-game-${width}x${height}`);
    expect(faults).toEqual([]);
  });
}

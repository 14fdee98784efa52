// The game itself: flying, firing, and a point against a computer opponent.

import { FOE, TRANSPORTS, expect, test } from './support/test.js';

const KEYS = [['KeyD', 'vx', 1], ['KeyA', 'vx', -1], ['KeyS', 'vy', 1], ['KeyW', 'vy', -1]];

for (const transport of TRANSPORTS) {
  test(`moves where the keys say, and others see it, over ${transport}`, async ({ newPlayer }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    for (const [key, axis, way] of KEYS) {
      await player.holding([key], () => player.until(
        ({ axis, way }) => (window.ricochet.own?.[axis] ?? 0) * way > 60, { axis, way },
      ));
    }
    const other = await newPlayer({ transport });
    await other.play('Yan');
    expect(await other.get('room')).toBe(await player.get('room'));
    const seat = await player.get('player');
    const seen = () => other.page.evaluate((seat) => window.ricochet.crafts.find((craft) => craft.player === seat && craft.alive), seat);
    await expect.poll(seen).toBeTruthy();
    const before = await seen();
    await player.fly();
    await expect.poll(async () => {
      const now = await seen();
      return now ? Math.hypot(now.x - before.x, now.y - before.y) : 0;
    }).toBeGreaterThan(30);
    await expect.poll(() => player.get('stats')).toMatchObject({ state_mismatches: 0 });
  });
}

test.describe('against an opponent', () => {
  test.use({ settings: FOE });

  for (const transport of TRANSPORTS) {
    test(`shoots and dashes over ${transport}`, async ({ newPlayer }) => {
      const player = await newPlayer({ transport });
      await player.play('Zoe');
      await player.page.mouse.move(900, 300);
      await player.page.mouse.down();
      await player.until(() => window.ricochet.shells > 0);
      await player.page.mouse.up();
      // Dashing works once a craft is alive: whoever was hit meanwhile presses again.
      await player.holding(['KeyD'], () => expect.poll(async () => {
        await player.page.keyboard.press('Space');
        return (await player.get('own'))?.dash;
      }, { intervals: [20] }).toBeLessThan(1));
    });

    test(`scores against an opponent over ${transport}`, async ({ newPlayer, server }) => {
      // Ten seconds to a minute: shells come back from the walls, and points are lost by one's own.
      test.setTimeout(300_000);
      const player = await newPlayer({ transport });
      await player.play('Zoe');
      await player.fightUntil(1);
      await player.screenshot(`fight-${transport}`);
      await expect(player.page.locator('#match-left')).toContainText('You');
      // The server counts the same.
      await expect.poll(async () => (await server.player('Zoe')).score - await player.score()).toBe(0);
      await player.page.keyboard.down('Tab');
      const row = player.page.locator('#scoreboard-body tr[data-own]').filter({ hasText: 'Zoe' });
      await expect(row).toBeVisible();
      await expect(row.locator('.score')).toHaveText(String(await player.score()));
      await player.screenshot(`scoreboard-${transport}`);
      await player.page.keyboard.up('Tab');
      await expect(player.page.locator('#scoreboard')).toBeHidden();
    });
  }
});

test.describe('a short match', () => {
  test.use({ settings: { ...FOE, score_limit: 1, results_secs: 3 } });

  test('ends with results, and the next one begins', async ({ newPlayer }) => {
    const player = await newPlayer();
    await player.play('Zoe');
    await player.page.mouse.down();
    await expect.poll(async () => {
      await player.aim();
      return player.page.locator('#results').isVisible();
    }, { intervals: [20], timeout: 150_000 }).toBe(true);
    await player.page.mouse.up();
    await expect(player.page.locator('#results-table')).toContainText('Zoe');
    await player.screenshot('results');
    await expect(player.page.locator('#results')).toBeHidden();
    await player.untilPlaying();
    expect(await player.score()).toBe(0);
  });
});

test('network overlay tells what the link does', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.page.keyboard.press('F3');
  await expect(player.page.locator('#network')).toBeVisible();
  await expect(player.page.locator('#network-figures')).toContainText('Round trip');
  await player.screenshot('network');
  await player.page.keyboard.press('F3');
  await expect(player.page.locator('#network')).toBeHidden();
});

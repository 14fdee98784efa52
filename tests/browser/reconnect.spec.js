// A connection that is lost: the page says so, comes back by itself, and the game goes on.

import { GONE, TRANSPORTS, expect, test } from './support/test.js';
import { WireCutter } from './support/wire-cutter.js';

/** Waits until the page is back, and proves it by flying. */
async function comesBack(player) {
  await player.until(() => window.ricochet.reconnects > 0 && window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  await expect(player.page.locator('#connection')).toBeHidden();
  await player.fly();
}

test('wire that is cut', async ({ newPlayer, server, consoles }) => {
  const wire = await WireCutter.to(server.port);
  const player = await newPlayer({ url: wire.url });
  await player.play('Zoe');
  const room = await player.get('room');
  consoles.allow(GONE);
  wire.cut();
  await comesBack(player);
  expect(await player.get('room')).toBe(room);
  await player.page.context().close();
  await wire.end();
});

for (const transport of TRANSPORTS) {
  test(`session that is closed, over ${transport}`, async ({ newPlayer }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    await player.page.evaluate(() => window.ricochet.cutLink());
    await comesBack(player);
    expect(await player.get('transport')).toBe(transport);
  });

  test(`server that ends in order and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    consoles.allow(GONE);
    await server.end('SIGTERM');
    await expect(player.page.locator('#connection-text')).toContainText('shutting down');
    await player.screenshot(`server-ended-${transport}`);
    await server.start();
    await comesBack(player);
    expect(await player.get('transport')).toBe(transport);
  });

  test(`server that dies and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    consoles.allow(GONE);
    await server.end('SIGKILL');
    await expect(player.page.locator('#connection')).toBeVisible();
    await expect(player.page.locator('#connection-title')).toHaveText('Coming back');
    await player.screenshot(`server-died-${transport}`);
    await server.start();
    await comesBack(player);
    await expect.poll(() => server.player('Zoe')).toBeTruthy();
  });
}

test('player who has waited enough tries at once', async ({ newPlayer, server, consoles }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  consoles.allow(GONE);
  await server.end('SIGKILL');
  await expect(player.page.locator('#connection-retry')).toBeVisible();
  await server.start();
  await player.until(() => {
    const retry = document.getElementById('connection-retry');
    if (!retry.hidden) retry.click();
    return window.ricochet.state === 'playing';
  });
});

// A connection that is lost: the page says so, comes back by itself, and the game goes on.

import { GONE, TRANSPORTS, expect, test } from './support/test.js';
import { WireCutter } from './support/wire-cutter.js';

/** Waits until the page is back in the same craft, and proves it by flying. */
async function comesBackToItsCraft(player, seat) {
  await player.until(() => window.ricochet.resumes > 0 && window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  expect(await player.get('player')).toBe(seat);
  await expect(player.page.locator('#connection')).toBeHidden();
  await player.fly();
}

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
  const seat = await player.get('player');
  wire.cut();
  await comesBackToItsCraft(player, seat);
  expect(await player.get('room')).toBe(room);
  await player.page.context().close();
  await wire.end();
});

for (const transport of TRANSPORTS) {
  test(`session that is closed, over ${transport}`, async ({ newPlayer }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const seat = await player.get('player');
    await player.page.evaluate(() => window.ricochet.cutLink());
    await comesBackToItsCraft(player, seat);
    expect(await player.get('transport')).toBe(transport);
  });

  test(`page that is loaded anew, over ${transport}`, async ({ newPlayer, server }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const [room, seat] = [await player.get('room'), await player.get('player')];
    await player.page.reload();
    await comesBackToItsCraft(player, seat);
    expect(await player.get('room')).toBe(room);
    expect(await player.get('transport')).toBe(transport);
    expect((await server.player('Zoe')).away).toBe(false);
  });

  test(`server that ends in order and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const [room, seat] = [await player.get('room'), await player.get('player')];
    consoles.allow(GONE);
    await server.end('SIGTERM');
    // Still, after several attempts in vain.
    await player.until(() => /Trying again in 2 s/.test(document.getElementById('connection-text').textContent));
    await expect(player.page.locator('#connection-text')).toContainText('back soon, you will be brought back');
    await player.screenshot(`server-ended-${transport}`);
    await server.start();
    await comesBackToItsCraft(player, seat);
    expect(await player.get('room')).toBe(room);
    expect(await player.get('transport')).toBe(transport);
  });

  test(`server that dies and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const seat = await player.get('player');
    await player.untilKept();
    consoles.allow(GONE);
    await server.end('SIGKILL');
    await expect(player.page.locator('#connection')).toBeVisible();
    await expect(player.page.locator('#connection-title')).toHaveText('Coming back');
    await player.screenshot(`server-died-${transport}`);
    await server.start();
    await comesBackToItsCraft(player, seat);
    await expect.poll(() => server.player('Zoe')).toBeTruthy();
  });

  test.describe('server that keeps nothing', () => {
    test.use({ settings: { state: false } });

    test(`ends in order and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
      const player = await newPlayer({ transport });
      await player.play('Zoe');
      consoles.allow(GONE);
      await server.end('SIGTERM');
      await player.until(() => /Trying again in 2 s/.test(document.getElementById('connection-text').textContent));
      await expect(player.page.locator('#connection-text')).toContainText('shutting down');
      // Nobody is promised what is not kept.
      await expect(player.page.locator('#connection-text')).not.toContainText('brought back');
      await server.start();
      await comesBack(player);
      expect(await player.get('transport')).toBe(transport);
    });

    test(`dies and starts again, over ${transport}`, async ({ newPlayer, server, consoles }) => {
      const player = await newPlayer({ transport });
      await player.play('Zoe');
      consoles.allow(GONE);
      await server.end('SIGKILL');
      await expect(player.page.locator('#connection')).toBeVisible();
      await server.start();
      await comesBack(player);
      await expect.poll(() => server.player('Zoe')).toBeTruthy();
    });
  });
}

test('player comes back over another transport', async ({ newPlayer }) => {
  const player = await newPlayer({ transport: 'webtransport' });
  await player.play('Zoe');
  const seat = await player.get('player');
  await player.page.goto(`${player.url}/?transport=websocket`);
  await comesBackToItsCraft(player, seat);
  expect(await player.get('transport')).toBe('websocket');
});

test('player who leaves does not come back', async ({ newPlayer, server }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.leave();
  await expect.poll(() => server.player('Zoe')).toBeFalsy();
  await player.page.reload();
  await expect(player.page.locator('#play')).toBeVisible();
});

test('session that another browser takes over ends here, and the page says so', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const held = await player.page.evaluate(() => sessionStorage.getItem('ricochet.session'));
  const other = await newPlayer({
    before: (page) => page.addInitScript((held) => sessionStorage.setItem('ricochet.session', held), held),
  });
  await other.until(() => window.ricochet.resumes > 0 && window.ricochet.state === 'playing');
  await expect(player.page.locator('#connection-text')).toContainText('another');
  await expect(player.page.locator('#connection-retry')).toHaveText('Join again');
});

for (const locks of [true, false]) {
  test(`tab that is duplicated leaves the craft to the first, ${locks ? 'with' : 'without'} locks of the browser`, async ({ newPlayer }) => {
    const player = await newPlayer({
      before: (page) => page.context().addInitScript((locks) => {
        if (!locks) Object.defineProperty(navigator, 'locks', { value: undefined });
      }, locks),
    });
    await player.play('Zoe');
    const seat = await player.get('player');
    const held = await player.page.evaluate(() => sessionStorage.getItem('ricochet.session'));
    // What Chromium does with a duplicated tab: a copy of the address and of what the tab stores.
    const copy = await player.page.context().newPage();
    await copy.addInitScript((held) => sessionStorage.setItem('ricochet.session', held), held);
    await copy.goto(player.page.url());
    await expect(copy.locator('#join')).toBeVisible();
    await expect(copy.locator('#join-error')).toContainText('another tab');
    expect(await player.get('state')).toBe('playing');
    expect(await player.get('reconnects')).toBe(0);
    // The first one still comes back to its craft.
    await copy.close();
    await player.page.reload();
    await comesBackToItsCraft(player, seat);
  });
}

test('menu makes room for what is said of a lost link', async ({ newPlayer, server, consoles }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  consoles.allow(GONE);
  await player.page.keyboard.press('Escape');
  await expect(player.page.locator('#menu')).toBeVisible();
  await server.end('SIGKILL');
  await expect(player.page.locator('#connection')).toBeVisible();
  await expect(player.page.locator('#menu')).toBeHidden();
  await player.page.keyboard.press('Escape');
  await expect(player.page.locator('#menu')).toBeHidden();
});

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

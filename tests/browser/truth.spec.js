// The plain line names who is at fault, and a page that stood still reads what waits before it gives a server up.

import { TRANSPORTS, expect, test } from './support/test.js';

for (const transport of TRANSPORTS) {
  test(`page that stood still for six seconds goes on and names itself, over ${transport}`, async ({ newPlayer }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const seat = await player.get('player');
    await player.page.evaluate(() => {
      const from = performance.now();
      while (performance.now() - from < 6_000);
    });
    await expect(player.page.locator('#truth')).toContainText('This page stood still for');
    await player.untilPlaying();
    await player.fly();
    expect(await player.get('reconnects')).toBe(0);
    expect(await player.get('player')).toBe(seat);
  });
}

for (const transport of TRANSPORTS) {
  test(`page that is very slow for a while is no flooder when it catches up, over ${transport}`, async ({ newPlayer, server }) => {
    const player = await newPlayer({ transport });
    await player.play('Zoe');
    const processor = await player.page.context().newCDPSession(player.page);
    const tick = () => player.page.evaluate(() => window.ricochet.stats?.tick ?? 0);
    const from = await tick();
    await processor.send('Emulation.setCPUThrottlingRate', { rate: 20 });
    await expect.poll(tick).toBeGreaterThan(from + 240);
    await processor.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await player.fly();
    expect(await player.get('reconnects')).toBe(0);
    expect(server.log).not.toContain('too_fast');
  });
}

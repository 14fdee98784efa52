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
    await player.fly();
    expect(await player.get('reconnects')).toBe(0);
    expect(await player.get('player')).toBe(seat);
  });
}

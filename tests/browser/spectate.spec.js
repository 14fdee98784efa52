// Watching a room: no craft of one's own, somebody else's in the middle, and a way into the fight.

import { FOE, TRANSPORTS, expect, test } from './support/test.js';

test.use({ settings: FOE });

for (const transport of TRANSPORTS) {
  test(`spectator sees the fight and joins it over ${transport}`, async ({ newPlayer, server }) => {
    const zoe = await newPlayer({ transport });
    await zoe.play('Zoe');
    const room = await zoe.get('room');
    const viewer = await newPlayer({ transport });
    await viewer.page.locator(`[data-watch="${room}"]`).click();
    await viewer.until(() => window.ricochet.watching && window.ricochet.crafts.some((craft) => craft.alive));
    expect(await viewer.get('own')).toBeNull();
    expect(await viewer.get('transport')).toBe(transport);
    await expect.poll(async () => (await server.rooms()).find(({ id }) => id === room).spectators).toBe(1);

    const watched = viewer.page.locator('#watching-name');
    const { length } = await viewer.get('scores');
    for (let turn = 0; turn < length && (await watched.textContent()) !== 'Zoe'; turn++) {
      const before = await watched.textContent();
      await viewer.page.locator('#watching-next').click();
      await expect(watched).not.toHaveText(before);
    }
    await expect(watched).toHaveText('Zoe');
    await viewer.screenshot(`watching-${transport}`);

    await viewer.page.locator('#watching-play').click();
    await expect(viewer.page.locator('#name')).toBeFocused();
    await viewer.page.locator('#name').fill('Yan');
    await viewer.page.locator(`[data-room="${room}"]`).click();
    await viewer.untilPlaying();
    expect(await viewer.get('room')).toBe(room);
    await expect(viewer.page.locator('#watching')).toBeHidden();
    await viewer.fly();
  });
}

// Chat: what somebody types is text on everybody's screen, whatever it looks like.

import { TRANSPORTS, expect, test } from './support/test.js';

const NASTY = '<b>x</b><img src=x onerror="document.title=1">';

for (const transport of TRANSPORTS) {
  test(`line is text and nothing else over ${transport}`, async ({ newPlayer }) => {
    const [zoe, yan] = [await newPlayer({ transport }), await newPlayer({ transport })];
    await zoe.play('<i>Zoe</i>');
    await yan.play('Yan');
    await zoe.say(NASTY);
    for (const { page } of [zoe, yan]) {
      const line = page.locator('#chat-log li').filter({ hasText: NASTY });
      await expect(line).toHaveCount(1);
      await expect(line).toContainText('<i>Zoe</i>');
      // The one element of a line is the name's.
      await expect(line.locator('*')).toHaveCount(1);
      await expect(page.locator('#hud').locator('b b, img, i:has-text("Zoe")')).toHaveCount(0);
      await expect(page).toHaveTitle(/^Room \d+ · Ricochet$/);
    }
    await yan.screenshot(`chat-${transport}`);
  });
}

test('player whose name is taken reads once under which name others know them', async ({ newPlayer }) => {
  const [zoe, other] = [await newPlayer(), await newPlayer()];
  await zoe.play('Zoe');
  await other.play('Zoe');
  const lines = other.page.locator('#chat-log li').filter({ hasText: 'Others read your name as Zoe 2' });
  await expect(lines).toHaveCount(1);
  // A session that goes on gets the whole roster again.
  await other.page.evaluate(() => window.ricochet.cutLink());
  await other.until(() => window.ricochet.resumes > 0 && window.ricochet.state === 'playing' && window.ricochet.own?.alive);
  await other.fly();
  await expect(lines).toHaveCount(1);
});

test('keys that are typed do not fly', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.page.keyboard.press('Enter');
  await player.page.keyboard.type('wasd');
  await expect(player.page.locator('#chat-input')).toHaveValue('wasd');
  const { vx, vy } = await player.get('own');
  expect([vx, vy]).toEqual([0, 0]);
  await player.page.keyboard.press('Escape');
  await expect(player.page.locator('#chat-form')).toBeHidden();
});

test('muted player is not heard', async ({ newPlayer }) => {
  const [zoe, yan] = [await newPlayer(), await newPlayer()];
  await zoe.play('Zoe');
  await yan.play('Yan');
  await yan.page.keyboard.down('Tab');
  await yan.page.locator('#scoreboard-body tr').filter({ hasText: 'Zoe' }).locator('.mute').click();
  await yan.page.keyboard.up('Tab');
  await zoe.say('can you hear me');
  await expect(zoe.page.locator('#chat-log')).toContainText('can you hear me');
  // The server tells everyone in one order: what Yan says comes after.
  await yan.say('silence');
  await expect(yan.page.locator('#chat-log')).toContainText('silence');
  await expect(yan.page.locator('#chat-log')).not.toContainText('can you hear me');
});

test('line that cannot be sent is kept, and the page says so', async ({ newPlayer, server, consoles }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  consoles.allow(/net::ERR_|WebSocket connection to .* failed/);
  await player.page.keyboard.press('Enter');
  await player.page.locator('#chat-input').fill('are you there');
  await server.end('SIGKILL');
  await expect(player.page.locator('#connection')).toBeVisible();
  await player.page.keyboard.press('Enter');
  await expect(player.page.locator('#chat-log')).toContainText('Not sent');
  await expect(player.page.locator('#chat-input')).toHaveValue('are you there');
});

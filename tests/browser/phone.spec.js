// The page on a phone: everything within the screen, and two thumbs that fly and fire at the same time.

import { devices } from '@playwright/test';

import { fits } from './support/fits.js';
import { FOE, expect, test } from './support/test.js';

test.use({ settings: FOE });

const { defaultBrowserType, ...PHONE } = devices['Pixel 7'];
const PORTRAIT = { ...PHONE, viewport: { width: 390, height: 844 } };
const LANDSCAPE = { ...PHONE, viewport: { width: 844, height: 390 } };

for (const [layout, options] of [['portrait', PORTRAIT], ['landscape', LANDSCAPE]]) {
  test(`two thumbs play, ${layout}`, async ({ newPlayer }) => {
    const player = await newPlayer(options);
    await fits(player.page);
    await player.screenshot(`phone-join-${layout}`);
    await player.page.locator('#name').fill('Zoe');
    await player.page.locator('#play').tap();
    await player.untilPlaying();
    await fits(player.page);

    const { width, height } = options.viewport;
    const left = { x: width * 0.25, y: height * 0.7, id: 1 }, right = { x: width * 0.75, y: height * 0.6, id: 2 };
    const fingers = await player.page.context().newCDPSession(player.page);
    const touch = (type, ...touchPoints) => fingers.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', left);
    await touch('touchStart', left, right);
    const pushed = [{ ...left, x: left.x + 50 }, { ...right, y: right.y - 50 }];
    await touch('touchMove', ...pushed);
    await player.until(() => window.ricochet.own?.vx > 60 && window.ricochet.shells > 0);
    await expect(player.page.locator('body')).toHaveAttribute('data-touch', 'yes');
    await expect(player.page.locator('#dash')).toBeVisible();
    await player.screenshot(`phone-${layout}`);
    // The other way: the same thumb goes to the left.
    await touch('touchMove', { ...left, x: left.x - 50 }, pushed[1]);
    await player.until(() => window.ricochet.own?.vx < -60);
    await touch('touchEnd');
    // The right thumb dashes; one that hits a wreck does it again.
    const flying = { ...left, x: left.x - 50 }, dash = { ...await middleOf(player.page.locator('#dash')), id: 2 };
    await expect.poll(async () => {
      await touch('touchStart', left);
      await touch('touchMove', flying);
      await player.until(() => !window.ricochet.own?.alive || window.ricochet.own.vx < -30);
      await touch('touchStart', flying, dash);
      await player.nextFrames();
      const part = (await player.get('own'))?.dash;
      await touch('touchEnd');
      return part;
    }, { intervals: [20] }).toBeLessThan(1);
  });
}

async function middleOf(locator) {
  const { x, y, width, height } = await locator.boundingBox();
  return { x: x + width / 2, y: y + height / 2 };
}

test('phone has a chat and scores without keys', async ({ newPlayer }) => {
  const player = await newPlayer(PORTRAIT);
  await player.play('Zoe');
  await player.page.locator('#chat-open').tap();
  await player.page.locator('#chat-input').fill('from a phone');
  await player.page.locator('#chat-input').press('Enter');
  await expect(player.page.locator('#chat-log')).toContainText('from a phone');
  await player.page.locator('#show-scoreboard').tap();
  await expect(player.page.locator('#scoreboard-body')).toContainText('Zoe');
  await player.screenshot('phone-scoreboard');
  await player.page.locator('#scoreboard-close').tap();
});

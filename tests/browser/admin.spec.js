// The admin page as whoever runs the server uses it: what they see, what they press, and what the players notice.

import path from 'node:path';

import { OUT } from './support/places.js';
import { FOE, GONE, expect, test as base } from './support/test.js';

const test = base.extend({
  /** The admin page, opened by the address that the greeting shows. */
  admin: async ({ browser, server, consoles }, use) => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 1000 } });
    consoles.watch(context);
    const page = await context.newPage();
    await page.goto(server.admin);
    await expect(page.locator('#pulse')).toHaveAttribute('data-state', 'live');
    await use(new Admin(page));
    await context.close();
  },
});

class Admin {
  constructor(page) {
    this.page = page;
  }

  row(name) {
    return this.page.locator('#rooms tbody tr').filter({ hasText: name });
  }

  /** Presses a button, fills the dialog, confirms it, and waits until it is done. */
  async act(button, values = {}) {
    await button.click();
    await expect(this.page.locator('#dialog')).toBeVisible();
    for (const [name, value] of Object.entries(values)) {
      const field = this.page.locator(`#dialog [name="${name}"]`);
      if (await field.evaluate((element) => element.tagName === 'SELECT')) await field.selectOption(value);
      else await field.fill(value);
    }
    await this.page.locator('#dialog-do').click();
    await expect(this.page.locator('#dialog')).toBeHidden();
    await expect(this.page.locator('#toast')).toBeVisible();
  }

  async did(text) {
    await expect(this.page.locator('#audit li').first()).toContainText(text);
  }

  screenshot(name) {
    return this.page.screenshot({ path: path.join(OUT, 'screens', `${name}.png`), fullPage: true });
  }
}

const button = (place, act) => place.locator(`[data-act="${act}"]`);

test('page shows who plays, and keeps its token out of sight', async ({ admin, newPlayer, server }) => {
  const { page } = admin;
  expect(page.url()).not.toContain('token');
  const [zoe] = [await newPlayer(), await newPlayer({ transport: 'webtransport' })];
  await zoe.play('Zoe');
  const row = admin.row('Zoe');
  await expect(row.locator('.transport')).toContainText('websocket');
  await expect(row.locator('.delay')).toContainText('ms');
  await expect(row.locator('.session')).toHaveText(/^[0-9a-f]{16}$/);
  await expect(page.locator('#players')).toHaveText('1');
  await expect(page.locator('#chart path.p99')).toHaveAttribute('d', /^M/);
  expect(await (await fetch(server.admin.split('#')[0])).text()).not.toContain(server.admin.split('token=')[1]);
  await page.reload();
  await expect(admin.row('Zoe')).toBeVisible();
});

test('wrong token is told in words, and the right one opens', async ({ browser, server, consoles }) => {
  const context = await browser.newContext();
  consoles.watch(context);
  // Chromium itself says of a refusal that it is one.
  consoles.allow(/status of 401/);
  const page = await context.newPage();
  const [address, token] = server.admin.split('#token=');
  await page.goto(address);
  await page.locator('#token').fill('not-the-right-token');
  await page.keyboard.press('Enter');
  await expect(page.locator('#login-problem')).toHaveText('This token is not known.');
  await page.locator('#token').fill(token);
  await page.keyboard.press('Enter');
  await expect(page.locator('#pulse')).toHaveAttribute('data-state', 'live');
  await page.locator('#logout').click();
  await expect(page.locator('#login')).toBeVisible();
  await page.reload();
  await expect(page.locator('#login')).toBeVisible();
  await context.close();
});

test('announcement, mute and kick', async ({ admin, newPlayer }) => {
  const [zoe, yan] = [await newPlayer(), await newPlayer()];
  await zoe.play('Zoe');
  await yan.play('Yan');
  const room = admin.page.locator('.room');
  await admin.act(button(room.locator('header'), 'announce'), { text: 'finals at noon' });
  for (const { page } of [zoe, yan]) await expect(page.locator('#chat-log')).toContainText('finals at noon');

  await admin.act(button(admin.row('Zoe'), 'mute'), { reason: 'spam' });
  await expect(admin.row('Zoe').locator('.transport')).toContainText('muted');
  await zoe.say('buy my shells');
  await expect(zoe.page.locator('#chat-log')).toContainText('muted');
  await admin.act(button(admin.row('Zoe'), 'unmute'));
  await zoe.say('sorry');
  await expect(yan.page.locator('#chat-log')).toContainText('sorry');
  await expect(yan.page.locator('#chat-log')).not.toContainText('buy');

  await admin.act(button(admin.row('Yan'), 'kick'), { reason: 'be nice' });
  await expect(yan.page.locator('body')).toContainText('be nice');
  await expect(admin.row('Yan')).toHaveCount(0);
  await admin.did('kick session');
  await expect(admin.page.locator('#audit li').first()).toContainText('be nice');
  await expect(admin.row('Zoe')).toBeVisible();
});

test('match that is ended, and map that is changed', async ({ admin, newPlayer, server }) => {
  const zoe = await newPlayer();
  await zoe.play('Zoe');
  const room = admin.page.locator('.room');
  await admin.act(button(room, 'end-match'), { reason: 'enough' });
  await expect(room.locator('.phase')).toHaveText('results');
  await admin.act(button(room, 'change-map'), { map: 'range' });
  await admin.did('change-map room 1');
  await expect.poll(async () => (await server.rooms())[0].phase).toBe('running');
});

test('link that is made worse and well again', async ({ admin, newPlayer }) => {
  const zoe = await newPlayer();
  await zoe.play('Zoe');
  await admin.act(button(admin.row('Zoe'), 'condition'), { delay_ms: '150', loss: '2' });
  await expect(admin.row('Zoe').locator('.transport')).toContainText('made worse: 150 ms, 2.0 % loss');
  await expect.poll(async () => parseFloat(await admin.row('Zoe').locator('.delay').textContent())).toBeGreaterThan(250);
  await admin.screenshot('admin-conditioned');
  await admin.act(button(admin.row('Zoe'), 'condition'), { delay_ms: '0', loss: '0' });
  await expect(admin.row('Zoe').locator('.transport')).not.toContainText('worse');
});

test('ban and its end', async ({ admin, newPlayer, server, consoles }) => {
  const zoe = await newPlayer();
  await zoe.play('Zoe');
  // A page that wants to come back is refused, which the browser mentions.
  consoles.allow(/status of 403/);
  consoles.allow(GONE);
  await admin.act(button(admin.row('Zoe'), 'ban'), { secs: '3600', reason: 'cheats' });
  await expect(admin.row('Zoe')).toHaveCount(0);
  const ban = admin.page.locator('#bans li');
  await expect(ban).toContainText('cheats');
  await admin.act(button(ban, 'unban'), { reason: 'a mistake' });
  await expect(admin.page.locator('#bans-empty')).toBeVisible();
  await zoe.page.context().close();
  const again = await newPlayer();
  await again.play('Zoe');
  await expect.poll(() => server.player('Zoe')).toBeTruthy();
});

test('dialog says why something cannot be, and is left by Escape', async ({ admin, consoles }) => {
  consoles.allow(/status of 400/);
  const { page } = admin;
  await button(page.locator('aside'), 'ban-network').click();
  await page.locator('#dialog [name="network"]').fill('nowhere');
  await page.locator('#dialog [name="reason"]').fill('x');
  await page.locator('#dialog-do').click();
  await expect(page.locator('#dialog-problem')).toContainText('is not a network');
  await page.keyboard.press('Escape');
  await expect(page.locator('#dialog')).toBeHidden();
  // Without a mouse: the first button of the side is reached by keys, and opens by Enter.
  await button(page.locator('aside'), 'announce').focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#dialog')).toBeVisible();
  await page.keyboard.type('by hand');
  await page.keyboard.press('Enter');
  await expect(page.locator('#toast')).toHaveText('It is announced.');
});

test('drain ends the server, and the page says so', async ({ admin, newPlayer, consoles }) => {
  const zoe = await newPlayer();
  await zoe.play('Zoe');
  consoles.allow(GONE);
  await admin.act(button(admin.page.locator('aside'), 'drain'), { secs: '2', reason: 'upgrade' });
  await expect(zoe.page.locator('body')).toContainText('upgrade');
  await expect(admin.page.locator('#pulse')).toHaveAttribute('data-state', 'lost');
  await expect(admin.page.locator('#pulse-text')).toContainText('does not answer');
});

test.describe('looks', () => {
  test.use({ settings: FOE });

  for (const [name, options] of [
    ['admin-dark', { colorScheme: 'dark', viewport: { width: 1440, height: 1000 } }],
    ['admin-light', { colorScheme: 'light', viewport: { width: 1440, height: 1000 } }],
    ['admin-phone', { colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ]) {
    test(name, async ({ browser, server, consoles, newPlayer }) => {
      const zoe = await newPlayer();
      await zoe.play('Zoe');
      const context = await browser.newContext(options);
      consoles.watch(context);
      const admin = new Admin(await context.newPage());
      await admin.page.goto(server.admin);
      await expect(admin.row('Zoe').locator('.delay')).toContainText('ms');
      await expect(admin.row('Zoe').locator('.rate')).toContainText('.');
      await admin.screenshot(name);
      // Nothing sticks out at the side.
      const wide = await admin.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await button(admin.row('Zoe'), 'kick').click();
      await admin.screenshot(`${name}-dialog`);
      await context.close();
    });
  }
});

test.describe('in development', () => {
  test.use({ settings: { fill: 3, warm_up_secs: 0, dev: true } });

  test('inspector shows a match live, and sets a field', async ({ admin, newPlayer, consoles }) => {
    // Chromium itself says of a refusal that it is one.
    consoles.allow(/status of 400/);
    const { page } = admin;
    const zoe = await newPlayer();
    await zoe.play('Zoe');
    await page.locator('.room .inspect').click();
    const dialog = page.locator('#inspector');
    await expect(dialog.locator('#inspect-title')).toContainText('Room 1');
    const crafts = dialog.locator('#inspect-rows tr', { hasText: 'Craft' });
    await expect(crafts).toHaveCount(3);
    await expect(crafts.first().locator('.entity-fields')).toContainText('position');
    await dialog.locator('#inspect-kind').selectOption('Pickup');
    await expect(crafts).toHaveCount(0);
    await expect(dialog.locator('#inspect-empty')).toBeVisible();
    await dialog.locator('#inspect-kind').selectOption('Craft');
    await expect(crafts).toHaveCount(3);
    await expect(dialog.locator('#inspect-dots circle')).toHaveCount(3);
    const tick = await dialog.locator('#inspect-tick').textContent();
    await expect(dialog.locator('#inspect-tick')).not.toHaveText(tick);
    await dialog.locator('#inspect-player').selectOption({ label: `Zoe (${await zoe.get('player')})` });
    await expect(dialog.locator('#inspect-own')).toContainText('rail_shots');

    await dialog.locator('#inspect-id').fill(String(await zoe.get('player')));
    await dialog.locator('#inspect-id').press('Tab');
    await expect(crafts).toHaveCount(1);
    await crafts.locator('button').click();
    await dialog.locator('#edit-field').selectOption('health');
    await dialog.locator('#edit-value').fill('many');
    await dialog.locator('#edit-value').press('Enter');
    await expect(dialog.locator('#edit-problem')).toContainText('as JSON');
    await dialog.locator('#edit-value').fill('1000');
    await dialog.locator('#edit-value').press('Enter');
    await expect(dialog.locator('#edit-problem')).toHaveText('Health must be 0 to 255, found 1000.');
    await admin.screenshot('inspector');
    await dialog.locator('#edit-value').fill('200');
    await dialog.locator('#edit-value').press('Enter');
    await expect(dialog.locator('#edit-form')).toBeHidden();
    await zoe.until(() => window.ricochet.own?.health > 100);
    // Its opponents go on firing: events come by themselves.
    await expect(dialog.locator('#inspect-events li').first()).toBeVisible();
    await admin.screenshot('inspector-events');
    await page.setViewportSize({ width: 390, height: 844 });
    await admin.screenshot('inspector-phone');
    await dialog.locator('#inspect-close').click();
    await expect(dialog).toBeHidden();
    await admin.did('edit');
  });
});

// What hands do: two mouse buttons in every order, keys that systems do not report, pads that throw, drift or leave.

import { FOE, expect, test } from './support/test.js';

const IDLE = { fire: false, dash: false };

/** What the page makes of the devices, a frame after the browser has reported them. */
async function wants(player) {
  await player.nextFrames(3);
  const { fire, dash } = await player.get('intent');
  return { fire, dash };
}

/** The angle of the thrust, or null for none. */
async function heading(player) {
  await player.nextFrames(3);
  return player.page.evaluate(() => (Number.isNaN(window.ricochet.intent.heading) ? null : window.ricochet.intent.heading));
}

/** All ways to press and release two buttons. */
const ORDERS = [
  ['+left', '+right', '-left', '-right'], ['+left', '+right', '-right', '-left'],
  ['+right', '+left', '-right', '-left'], ['+right', '+left', '-left', '-right'],
  ['+left', '-left', '+right', '-right'], ['+right', '-right', '+left', '-left'],
];

test('two mouse buttons in every order', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const { mouse } = player.page;
  await mouse.move(640, 400);
  for (const order of ORDERS) {
    const held = { left: false, right: false };
    for (const step of order) {
      const button = step.slice(1);
      held[button] = step[0] === '+';
      await (held[button] ? mouse.down({ button }) : mouse.up({ button }));
      expect(await wants(player), `${step} of ${order}`).toEqual({ fire: held.left, dash: held.right });
    }
  }
});

test('right button dashes while the left one fires', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const { keyboard, mouse } = player.page;
  await mouse.move(900, 400);
  await keyboard.down('KeyD');
  await mouse.down();
  await player.until(() => window.ricochet.shells > 0);
  await mouse.down({ button: 'right' });
  await player.until(() => window.ricochet.own?.dash < 1);
  await mouse.up();
  await mouse.up({ button: 'right' });
  await keyboard.up('KeyD');
  expect(await wants(player)).toEqual(IDLE);
});

test('button that is released over something else, or outside, is released', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const { mouse } = player.page;
  const { x, y } = await player.page.locator('#menu-open').boundingBox();
  await mouse.move(640, 400);
  await mouse.down();
  await mouse.move(x + 5, y + 5);
  const { aim } = await player.get('intent');
  expect(Math.cos(aim), 'the gun follows the mouse over buttons too').toBeGreaterThan(0.2);
  expect(await wants(player)).toEqual({ fire: true, dash: false });
  await mouse.up();
  expect(await wants(player)).toEqual(IDLE);
  await expect(player.page.locator('#menu')).toBeHidden();
  // Released where the page does not see it: the next move says so.
  await mouse.move(640, 400);
  await mouse.down();
  await player.page.evaluate(() => {
    const move = { bubbles: true, pointerType: 'mouse', clientX: 600, clientY: 390, buttons: 0 };
    document.getElementById('stage').dispatchEvent(new PointerEvent('pointermove', move));
  });
  expect(await wants(player)).toEqual(IDLE);
  await mouse.up();
  // And a gesture that the browser took over.
  await mouse.down();
  await player.page.evaluate(() => dispatchEvent(new PointerEvent('pointercancel', { pointerType: 'mouse' })));
  expect(await wants(player)).toEqual(IDLE);
  await mouse.up();
});

test('right control fires, the left one keeps no key from working', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.holding(['ControlRight'], async () => expect(await wants(player)).toEqual({ fire: true, dash: false }));
  expect(await wants(player)).toEqual(IDLE);
  await player.holding(['ControlLeft', 'KeyD'], async () => expect(await heading(player)).toBe(0));
  expect(await heading(player)).toBeNull();
});

test('keys whose release a system does not report are let go with the command key', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.page.keyboard.down('KeyD');
  expect(await heading(player)).toBe(0);
  // As macOS reports it: no keyup of D, since Meta was held.
  await player.page.evaluate(() => {
    dispatchEvent(new KeyboardEvent('keydown', { code: 'MetaLeft', key: 'Meta', metaKey: true }));
    dispatchEvent(new KeyboardEvent('keyup', { code: 'MetaLeft', key: 'Meta' }));
  });
  expect(await heading(player)).toBeNull();
});

for (const leaving of ['blur', 'visibilitychange']) {
  test(`everything is let go at ${leaving}`, async ({ newPlayer }) => {
    const player = await newPlayer();
    await player.play('Zoe');
    await player.page.mouse.move(640, 400);
    await player.page.mouse.down();
    await player.page.keyboard.down('KeyD');
    expect(await wants(player)).toEqual({ fire: true, dash: false });
    expect(await heading(player)).toBe(0);
    await player.page.evaluate((leaving) => {
      if (leaving === 'blur') return dispatchEvent(new Event('blur'));
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      delete document.hidden;
    }, leaving);
    expect(await wants(player)).toEqual(IDLE);
    expect(await heading(player)).toBeNull();
    // What stays down counts when it is pressed again.
    await player.page.mouse.move(650, 410);
    expect(await wants(player)).toEqual(IDLE);
    await player.page.mouse.up();
    await player.page.mouse.down();
    expect(await wants(player)).toEqual({ fire: true, dash: false });
    await player.page.mouse.up();
    await player.page.keyboard.up('KeyD');
  });
}

/** A pad that a test holds in its hands: `window.pad`. */
const withPad = (axes) => (page) => page.addInitScript((axes) => {
  const buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
  window.pad = { index: 0, connected: true, mapping: 'standard', axes: axes.map(Number), buttons };
  navigator.getGamepads = () => [null, window.pad];
}, axes.map(String));

for (const axes of [[0.3, 0, 0, 0], [0, -0.3, 0, 0], [NaN, Infinity, -0, 1e9]]) {
  test(`pad that rests at ${axes} leaves the controls to others`, async ({ newPlayer }) => {
    const player = await newPlayer({ before: withPad(axes) });
    await player.play('Zoe');
    await player.page.mouse.move(640, 500);
    await player.holding(['KeyA'], async () => {
      expect(await heading(player)).toBeCloseTo(Math.PI);
      await player.until(() => window.ricochet.own?.vx < -60);
    });
    expect(await heading(player)).toBeNull();
    // Moved on purpose it counts, and so does the keyboard after it.
    await player.page.evaluate(() => window.pad.axes = [0, 1, 0, 0]);
    expect(await heading(player)).toBeCloseTo(Math.PI / 2);
    await player.holding(['KeyA'], async () => expect(await heading(player)).toBeCloseTo(Math.PI));
  });
}

test('pad plays only where somebody looks', async ({ newPlayer }) => {
  const player = await newPlayer({ before: withPad([0, 0, 0, 0]) });
  await player.play('Zoe');
  await player.page.evaluate(() => {
    window.pad.axes = [1, 0, 0, 0];
    window.pad.buttons[7].pressed = true;
  });
  expect(await heading(player)).toBe(0);
  expect(await wants(player)).toEqual({ fire: true, dash: false });
  for (const name of ['hasFocus', 'hidden']) {
    await player.page.evaluate((name) => {
      const value = name === 'hidden' ? true : () => false;
      Object.defineProperty(document, name, { value, configurable: true });
    }, name);
    expect(await heading(player), name).toBeNull();
    expect(await wants(player), name).toEqual(IDLE);
    await player.page.evaluate((name) => {
      delete document[name];
      window.pad.axes = [0, 0, 0, 0];
    }, name);
    await player.nextFrames(3);
    await player.page.evaluate(() => window.pad.axes = [1, 0, 0, 0]);
    expect(await heading(player), `back from ${name}`).toBe(0);
  }
});

test('pads that are forbidden keep nobody from playing', async ({ newPlayer }) => {
  const player = await newPlayer({
    before: (page) => page.addInitScript(() => {
      navigator.getGamepads = () => { throw new DOMException('Access to the feature "gamepad" is disallowed', 'SecurityError'); };
    }),
  });
  await player.play('Zoe');
  await player.fly();
});

test('sound is switched by the place of the key', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const mute = player.page.locator('#mute');
  const before = await mute.getAttribute('aria-pressed');
  // As a Cyrillic layout reports it.
  await player.page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyM', key: 'ь' })));
  await expect(mute).not.toHaveAttribute('aria-pressed', before);
});

test.describe('in a fight', () => {
  test.use({ settings: FOE });

  test('no stray click ends a match', async ({ newPlayer }) => {
    const player = await newPlayer();
    await player.play('Zoe');
    const seat = await player.get('player');
    const corner = player.page.locator('#tools');
    const { x, y, width, height } = await corner.boundingBox();
    for (let part = 0.05; part < 1; part += 0.1) await player.page.mouse.click(x + width * part, y + height / 2);
    expect(await player.get('state')).toBe('playing');
    // Escape opens the menu and closes it, and the craft is the same.
    if (await player.page.locator('#menu').isVisible()) await player.page.keyboard.press('Escape');
    await player.page.keyboard.press('Escape');
    await expect(player.page.locator('#menu')).toBeVisible();
    await player.screenshot('menu');
    await player.page.keyboard.press('Escape');
    await expect(player.page.locator('#menu')).toBeHidden();
    expect(await player.get('player')).toBe(seat);
    // A mouse that fires passes over the button.
    await player.page.mouse.move(640, 400);
    await player.page.mouse.down();
    await player.nextFrames(3);
    await player.page.mouse.up();
    await player.page.mouse.click(x + width / 2, y + height / 2);
    await expect(player.page.locator('#menu')).toBeHidden();
    // Whoever means it leaves.
    await player.leave();
    await expect(player.page.locator('#join')).toBeVisible();
    expect(await player.get('state')).toBe('idle');
  });
});

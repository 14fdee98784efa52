// What is seen when: one's own death in one frame, nothing of what is long over, and a picture as sharp as the screen.

import { FOE, expect, test } from './support/test.js';

/** Watches every frame from now on for what the page shows of the own death; `window.deaths` collects them. */
function watchDeaths() {
  window.deaths = [];
  let alive = true;
  const look = () => {
    requestAnimationFrame(look);
    const { own, effects } = window.ricochet;
    if (!own) return;
    if (alive && !own.alive) {
      window.deaths.push({
        killer: document.getElementById('killer').textContent,
        panel: !document.getElementById('respawn').hidden,
        feed: document.querySelectorAll('#feed li[data-own]').length,
        rings: effects.rings,
      });
    }
    alive = Boolean(own.alive);
  };
  requestAnimationFrame(look);
}

test.describe('in a fight', () => {
  test.use({ settings: { ...FOE, fill: 4 } });

  test('own death is one moment: wreck, explosion, killer and feed', async ({ newPlayer }) => {
    const player = await newPlayer();
    await player.play('Zoe');
    await player.page.evaluate(watchDeaths);
    // Whoever stands still and fires is soon hit, by others or by their own shells.
    await player.page.mouse.move(900, 360);
    await player.page.mouse.down();
    await player.until(() => window.deaths.length >= 3);
    await player.page.mouse.up();
    for (const death of await player.page.evaluate(() => window.deaths)) {
      expect(death.killer).not.toBe('');
      expect(death.panel).toBe(true);
      expect(death.feed).toBeGreaterThan(0);
      expect(death.rings).toBeGreaterThan(0);
    }
  });

  test('return from a hidden tab shows nothing of what is over', async ({ newPlayer }) => {
    const player = await newPlayer({
      // A page without frames is one that nobody sees; what time is for it the test says.
      before: (page) => page.addInitScript(() => {
        const frames = window.requestAnimationFrame.bind(window);
        window.frozen = null;
        window.requestAnimationFrame = (draw) => (window.frozen ? window.frozen.push(draw) : frames(draw));
        window.freeze = () => {
          Object.defineProperty(document, 'hidden', { value: true, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
          window.frozen = [];
        };
        window.thaw = () => {
          delete document.hidden;
          document.dispatchEvent(new Event('visibilitychange'));
          const waiting = window.frozen;
          window.frozen = null;
          for (const draw of waiting) draw(performance.now());
        };
      }),
    });
    await player.play('Zoe');
    const killed = await player.page.evaluate(() => window.ricochet.scores.reduce((sum, { deaths }) => sum + deaths, 0));
    await player.page.evaluate(() => window.freeze());
    // Crafts fall, and shells fly, without a frame.
    await expect.poll(() => player.page.evaluate(
      () => window.ricochet.scores.reduce((sum, { deaths }) => sum + deaths, 0),
    ), { timeout: 120_000 }).toBeGreaterThan(killed + 4);
    await player.page.evaluate(() => {
      window.thaw();
      window.atReturn = { ...window.ricochet.effects, feed: document.querySelectorAll('#feed li').length };
    });
    const { rings, numbers, beams, feed } = await player.page.evaluate(() => window.atReturn);
    expect(rings + numbers + beams).toBeLessThanOrEqual(3);
    expect(feed).toBeLessThanOrEqual(2);
    // The plain line names the tab, and goes on naming nobody else for it.
    await expect(player.page.locator('#truth')).toContainText('Your tab was in the background');
  });
});

test('picture follows the pixels of the screen without a change of size', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  const pixels = () => player.page.evaluate(() => ['stage', 'minimap'].map((id) => document.getElementById(id).width));
  const [stage, minimap] = await pixels();
  const screen = await player.page.context().newCDPSession(player.page);
  for (const ratio of [2, 1]) {
    await screen.send('Emulation.setDeviceMetricsOverride', { width: 1280, height: 720, deviceScaleFactor: ratio, mobile: false });
    await expect.poll(pixels).toEqual([stage * ratio, minimap * ratio]);
  }
});

test('pictures that the browser lost are drawn again', async ({ newPlayer }) => {
  const player = await newPlayer();
  await player.play('Zoe');
  await player.nextFrames(3);
  await player.page.evaluate(() => {
    window.made = 0;
    const create = document.createElement.bind(document);
    document.createElement = (tag, ...rest) => {
      if (tag === 'canvas') window.made += 1;
      return create(tag, ...rest);
    };
    for (const id of ['stage', 'minimap']) document.getElementById(id).dispatchEvent(new Event('contextrestored'));
  });
  // The own hull and the walls of the minimap at least.
  await player.until(() => window.made >= 2);
});

test.describe('a full room', () => {
  test.use({ settings: { room_size: 64, fill: 64, score_limit: 1, results_secs: 60 } });

  test('one finds oneself in the results and on the scoreboard', async ({ newPlayer }) => {
    const player = await newPlayer();
    await player.page.locator('#name').fill('Zoe');
    await player.page.locator('#play').click();
    await expect(player.page.locator('#results')).toBeVisible({ timeout: 120_000 });
    const own = player.page.locator('#results-table tr[data-own]');
    await expect(own).toContainText('Zoe');
    await expect(player.page.locator('#results-table tr')).toHaveCount(6);
    await player.screenshot('results-own');
    await player.page.keyboard.down('Tab');
    const row = player.page.locator('#scoreboard-body tr[data-own]');
    const inside = await row.evaluate((row) => {
      const panel = document.getElementById('scoreboard').getBoundingClientRect(), { top, bottom } = row.getBoundingClientRect();
      return top >= panel.top && bottom <= panel.bottom;
    });
    expect(inside).toBe(true);
    await player.screenshot('scoreboard-own');
    await player.page.keyboard.up('Tab');
  });
});

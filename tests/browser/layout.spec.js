// What lies over the arena never lies on itself, on any screen and with text of any size; the form can be scrolled to.

import { FOE, expect, test } from './support/test.js';

const SCREENS = [
  { width: 844, height: 390, touch: true }, { width: 390, height: 844, touch: true }, { width: 820, height: 1180, touch: true },
  { width: 320, height: 568, touch: true }, { width: 820, height: 1180 }, { width: 1280, height: 800 },
  { width: 1280, height: 800, text: '200%' }, { width: 844, height: 390, touch: true, text: '130%' },
];
/** Parts that can be seen at the same time. */
const PARTS = ['minimap', 'match', 'tools', 'feed', 'truth', 'vitals', 'respawn', 'chat-log', 'dash', 'link'];

/**
 * Words and kills as a busy match has them; then the pairs of parts of which one lies on the other, and parts that stick out
 * of the screen. In one go, before a frame takes the words away again.
 */
function busy(parts) {
  const text = (id, words) => document.getElementById(id).textContent = words;
  const show = (id) => document.getElementById(id).hidden = false;
  for (const id of ['truth', 'respawn', 'vitals', 'rail', 'rapid', 'shield-bar']) show(id);
  text('truth', 'Your link is uneven: answers take 1454 ± 2073 ms.');
  text('killer', 'Maximilian the Terrible got you with the rail');
  for (const side of ['left', 'right']) {
    text(`match-${side}`, '');
    const [name, score] = [document.createElement('span'), document.createElement('b')];
    [name.textContent, score.textContent] = ['Maximilian the Terrible', '128'];
    document.getElementById(`match-${side}`).append(name, score);
  }
  text('match-note', 'waiting for others');
  for (const [list, words] of [['feed', 'Maximilian the Terrible ▸ Bartholomew the Ninth'], ['chat-log', 'Maximilian the Terrible good game, everyone, again?']]) {
    document.getElementById(list).replaceChildren(...Array.from({ length: 5 }, () => {
      const line = document.createElement('li');
      line.textContent = words;
      return line;
    }));
  }
  const boxes = parts.flatMap((id) => {
    const element = document.getElementById(id);
    if (!element?.checkVisibility()) return [];
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return right - left > 0 && bottom - top > 0 ? [{ id, left, right, top, bottom, element }] : [];
  });
  const outside = boxes
    .filter(({ left, right, top, bottom }) => left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1)
    .map(({ id }) => `${id} sticks out`);
  const over = boxes.flatMap((a, index) => boxes.slice(index + 1)
    .filter((b) => !a.element.contains(b.element) && !b.element.contains(a.element))
    .filter((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map((b) => `${a.id} lies on ${b.id}`));
  return { seen: boxes.map(({ id }) => id), faults: [...outside, ...over] };
}

test.use({ settings: FOE });

for (const { width, height, touch = false, text } of SCREENS) {
  const name = `${width}x${height}${touch ? ' with thumbs' : ''}${text ? ` at ${text}` : ''}`;
  test(`parts stand beside each other, ${name}`, async ({ newPlayer }) => {
    const player = await newPlayer({ viewport: { width, height }, hasTouch: touch, isMobile: touch });
    if (text) await player.page.evaluate((text) => document.documentElement.style.fontSize = text, text);
    await player.play('Zoe');
    const { seen, faults } = await player.page.evaluate(busy, PARTS);
    expect(seen).toEqual(expect.arrayContaining(['minimap', 'match', 'tools', 'feed', 'truth', 'vitals', 'respawn']));
    expect(faults).toEqual([]);
    await player.screenshot(`layout-${name.replace(/\W+/g, '-')}`);
    // Panels fit, and what they hold can be reached.
    for (const open of ['menu', 'scoreboard']) {
      await player.page.evaluate((id) => document.getElementById(id).hidden = false, open);
      const { top, bottom, left, right } = await player.page.locator(`#${open}`).evaluate((panel) => panel.getBoundingClientRect().toJSON());
      expect([top >= 0, bottom <= height, left >= 0, right <= width], open).toEqual([true, true, true, true]);
      await player.page.evaluate((id) => document.getElementById(id).hidden = true, open);
    }
  });
}

for (const [width, height] of [[844, 390], [320, 568], [1280, 500]]) {
  test(`join screen can be read from its beginning, ${width}x${height}`, async ({ newPlayer }) => {
    const player = await newPlayer({ viewport: { width, height } });
    // Ten rooms, as a busy server lists them.
    await player.page.evaluate(() => {
      const list = document.getElementById('rooms');
      delete list.dataset.empty;
      for (let room = 0; room < 10; room++) list.append(list.firstElementChild?.cloneNode(true) ?? document.createElement('li'));
    });
    const top = await player.page.locator('#join').evaluate((screen) => {
      screen.scrollTop = 0;
      return document.getElementById('wordmark').getBoundingClientRect().top;
    });
    expect(top).toBeGreaterThanOrEqual(0);
  });
}

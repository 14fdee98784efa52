// What happens is shown when the picture has come to it.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Moments } from '../page/moments.js';

test('events wait for their tick, in order, but not for ever', () => {
  const shown = [];
  const moments = new Moments(({ tick }) => shown.push(tick));
  for (const tick of [10, 11, 40]) moments.hold({ tick }, 0);
  moments.update(9.9, 1);
  assert.deepEqual(shown, []);
  moments.update(11, 2);
  assert.deepEqual(shown, [10, 11]);
  moments.update(12, 499);
  assert.deepEqual(shown, [10, 11]);
  moments.update(12, 500);
  assert.deepEqual(shown, [10, 11, 40]);
});

test('a new map forgets them', () => {
  const moments = new Moments(() => assert.fail('it is gone'));
  moments.hold({ tick: 1 }, 0);
  moments.clear();
  moments.update(9, 9_999);
});

// An event is shown when the picture reaches its tick.

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

test('what is older than a second when its frame comes is dropped, and still told', () => {
  const [shown, dropped] = [[], []];
  const moments = new Moments(({ tick }) => shown.push(tick), ({ tick }) => dropped.push(tick));
  moments.hold({ tick: 1 }, 0);
  moments.hold({ tick: 2 }, 400);
  moments.update(99, 1_001);
  assert.deepEqual([shown, dropped], [[2], [1]]);
});

test('hours without a frame leave nothing behind', () => {
  const dropped = [];
  const moments = new Moments(() => assert.fail('nobody looked'), (event) => dropped.push(event));
  for (let at = 0; at < 3_600_000; at += 100) moments.hold({ tick: at }, at);
  assert.ok(moments.size <= 11, String(moments.size));
  moments.update(Infinity, 4_000_000);
  assert.equal(dropped.length, 36_000);
});

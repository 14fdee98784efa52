// The floats of a frame become objects that live from frame to frame, with lists of new and ended ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useLayout } from 'ricochet-page/module/layout.js';
import { Scene } from '../scene.js';

const key = ['key_high', 'key_low'];
useLayout(JSON.stringify({
  own: ['gun'],
  input: [],
  kinds: [
    { name: 'Craft', fields: [...key, 'health'] },
    { name: 'Shell', fields: [...key, 'bounces_left'] },
    { name: 'Pickup', fields: [...key, 'available'] },
  ],
}));

/** Floats of a frame: records by kind. */
function frame({ own = [], gun = 0, crafts = [], shells = [], pickups = [] }) {
  const lists = [own, crafts, [], shells, [], pickups];
  return Float32Array.from([...lists.map((list) => list.length), gun, ...lists.flat(2)]);
}

test('objects live from frame to frame and are found by their key', () => {
  const scene = new Scene();
  scene.read(frame({ own: [[0, 3, 40]], gun: 0.5, crafts: [[0, 5, 100], [0, 6, 0]], pickups: [[0, 64, 1]] }), 7.5);
  const craft = scene.craft(5);
  assert.deepEqual([scene.own.alive, craft.alive, scene.craft(6).alive], [true, true, false]);
  assert.equal(scene.craft(3), scene.own);
  assert.deepEqual([scene.own.player, scene.own.health, scene.own.gun], [3, 40, 0.5]);
  scene.read(frame({ crafts: [[0, 5, 20]], pickups: [[0, 64, 0]] }), 8);
  assert.equal(scene.craft(5), craft);
  assert.equal(craft.health, 20);
  assert.deepEqual([scene.own, scene.craft(6), scene.pickups.get(64).available, scene.renderTick], [null, undefined, 0, 8]);
});

test('shells say when they are new, bounce and end', () => {
  const scene = new Scene();
  scene.read(frame({ shells: [[1, 2, 2]] }), 1);
  const [shell] = scene.shells.added;
  assert.equal(scene.shells.get(65_538), shell);
  assert.equal(shell.bounced, false);
  scene.read(frame({ shells: [[1, 2, 1]] }), 2);
  assert.deepEqual([shell.bounced, scene.shells.added.length], [true, 0]);
  scene.skip();
  assert.equal(shell.bounced, false);
  scene.read(frame({}), 3);
  assert.deepEqual([scene.shells.ended, scene.shells.size], [[shell], 0]);
  scene.read(frame({}), 4);
  assert.deepEqual(scene.shells.ended, []);
});

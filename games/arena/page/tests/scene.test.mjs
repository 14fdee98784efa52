// A frame's floats become objects that live on, and say what is new and what ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useLayout } from '../../../../web-client/page/module/layout.js';
import { Scene } from '../scene.js';

useLayout(JSON.stringify({
  Head: ['own', 'crafts', 'shells', 'pickups'],
  Own: ['player', 'health'],
  Craft: ['player', 'health'],
  Shell: ['key_high', 'key_low', 'bounces_left'],
  Pickup: ['place', 'available'],
}));

/** Floats of a frame: records by kind. */
function frame({ own, crafts = [], shells = [], pickups = [] }) {
  return Float32Array.from([own ? 1 : 0, crafts.length, shells.length, pickups.length, ...own ?? [], ...crafts.flat(), ...shells.flat(), ...pickups.flat()]);
}

test('objects live from frame to frame and are found by their key', () => {
  const scene = new Scene();
  scene.read(frame({ own: [3, 40], crafts: [[5, 100], [6, 0]], pickups: [[2, 1]] }), 7.5);
  const craft = scene.craft(5);
  assert.deepEqual([scene.own.alive, craft.alive, scene.craft(6).alive], [true, true, false]);
  assert.equal(scene.craft(3), scene.own);
  scene.read(frame({ crafts: [[5, 20]], pickups: [[2, 0]] }), 8);
  assert.equal(scene.craft(5), craft);
  assert.equal(craft.health, 20);
  assert.deepEqual([scene.own, scene.craft(6), scene.pickups.get(2).available, scene.renderTick], [null, undefined, 0, 8]);
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

// The own death is shown in one frame, whichever of its two messages arrives first.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { OwnDeath } from '../own-death.js';

const DEATH = { kind: 'killed', tick: 9 };

/** Shows frames. `alive` is the state of the own craft in the module's frame. */
function watcher() {
  const shown = [];
  const death = new OwnDeath((event) => shown.push(event));
  const frame = (alive, now) => {
    const own = { alive, health: alive ? 40 : 0 };
    death.update(own, now);
    return own;
  };
  return { death, shown, frame };
}

test('wreck waits for its event', () => {
  const { death, shown, frame } = watcher();
  frame(true, 0);
  assert.deepEqual(frame(false, 10), { alive: true, health: 40 });
  death.hold(DEATH, 30);
  assert.deepEqual(frame(false, 40), { alive: false, health: 0 });
  assert.deepEqual(shown, [DEATH]);
  frame(false, 60);
  assert.equal(shown.length, 1);
});

test('event waits for its wreck', () => {
  const { death, shown, frame } = watcher();
  frame(true, 0);
  death.hold(DEATH, 10);
  frame(true, 20);
  assert.deepEqual(shown, []);
  assert.equal(frame(false, 30).alive, false);
  assert.deepEqual(shown, [DEATH]);
});

test('neither waits for long', () => {
  const { death, shown, frame } = watcher();
  frame(true, 0);
  frame(false, 10);
  assert.equal(frame(false, 400).alive, false);
  assert.deepEqual(shown, []);
  death.hold(DEATH, 410);
  frame(false, 420);
  assert.deepEqual(shown, [DEATH]);
  frame(true, 3_000);
  death.hold(DEATH, 3_010);
  frame(true, 3_400);
  assert.equal(shown.length, 2);
});

test('a wreck that one finds at the beginning is a wreck', () => {
  const { shown, frame } = watcher();
  assert.equal(frame(false, 0).alive, false);
  assert.deepEqual(shown, []);
});

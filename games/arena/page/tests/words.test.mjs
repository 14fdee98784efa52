// Small words and numbers of the arena's page.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { wallsOf } from '../draw/arena.js';
import { ordinal } from '../hud/match.js';
import { marks } from '../marks.js';

test('ranks are ordinals', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 21].map(ordinal), ['1st', '2nd', '3rd', '4th', '11th', '12th', '21st']);
});

test('walls come from runs that begin with floor', () => {
  assert.deepEqual([...wallsOf({ width: 3, height: 2, runs: [0, 2, 1, 1, 2] })], [1, 1, 0, 1, 0, 0]);
});

const kill = (killer, victim) => ({ kind: 'kill', at: 1, killer, victim, killer_name: `K${killer}`, victim_name: `V${victim}`, rail: false });

test('marks of a recording are told in words', () => {
  assert.equal(marks.words(kill(1, 2)), 'K1 hit V2');
  assert.equal(marks.words({ ...kill(1, 2), rail: true }), 'K1 railed V2');
  assert.equal(marks.words(kill(2, 2)), 'V2 caught their own shell');
  assert.equal(marks.words({ kind: 'phase', at: 1, phase: 2 }), 'The match is over');
});

test('kills of the followed player stand above their deaths, and those of others are only counted', () => {
  assert.equal(marks.look(kill(1, 2), 1).part, 'upper');
  assert.equal(marks.look(kill(1, 2), 2).part, 'lower');
  assert.equal(marks.look(kill(2, 2), 2).part, 'lower');
  assert.equal(marks.look(kill(1, 2), null), undefined);
  assert.equal(marks.look({ kind: 'phase', at: 1, phase: 1 }, null).part, 'whole');
  assert.deepEqual([kill(1, 2), { kind: 'phase' }].map(marks.isCounted), [true, false]);
});

// The texts and marks of the time line of a recording.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { binned, faults, isCommon, markWords, moment, nearest, neighbour } from '../page/replay/marks.js';

/** A game that marks who met whom. */
const meeting = (at, one, other) => ({ kind: 'meeting', at, one, other });
const isMeeting = ({ kind }) => kind === 'meeting';

test('moments are minutes, seconds and tenths', () => {
  for (const [seconds, text] of [[0, '0:00.0'], [9.96, '0:09.9'], [59.999, '0:59.9'], [60, '1:00.0'], [0.3, '0:00.3'], [3_725.5, '62:05.5'], [-1, '0:00.0']]) {
    assert.equal(moment(seconds), text);
  }
});

test('what a game counts is counted in its part of the line, the end included', () => {
  assert.deepEqual(binned([meeting(0, 1, 2), meeting(4.9, 1, 2), meeting(10, 1, 2), { kind: 'came', at: 1 }], 10, 2, isMeeting), [2, 1]);
  assert.deepEqual(binned([], 0, 3, isMeeting), [0, 0, 0]);
});

test('the nearest mark is named, and what concerns the followed player first', () => {
  const concerns = (seat) => ({ one, other }) => one === seat || other === seat;
  const marks = [meeting(1, 1, 2), meeting(1.4, 3, 4), { kind: 'gap', at: 5, until: 9 }];
  assert.equal(nearest(marks, 1.3, 0.5, concerns(null)), marks[1]);
  assert.equal(nearest(marks, 1.3, 0.5, concerns(2)), marks[0]);
  assert.equal(nearest(marks, 7, 0.5, concerns(null)), marks[2]);
  assert.equal(nearest(marks, 3, 0.5, concerns(1)), null);
});

test('marks are told in words', () => {
  const game = { words: ({ one, other }) => `${one} met ${other}` };
  assert.equal(markWords(meeting(1, 1, 2), game), '1 met 2');
  assert.equal(markWords({ kind: 'gap', at: 5, until: 9 }, game), '4.0 s are missing');
  assert.deepEqual([isCommon({ kind: 'gap' }), isCommon(meeting(1, 1, 2))], [true, false]);
});

test('a sound file has no faults, and others are told all of theirs', () => {
  const info = { same_rules: true, damage: [], ended: 'next_map', build: 'b' };
  assert.deepEqual(faults(info, []), []);
  assert.deepEqual(faults({ ...info, ended: 'room_failed', failure: 'in tick 9: oh' }, []), ['A fault in the game ended this room: in tick 9: oh.']);
  const broken = { ...info, same_rules: false, damage: ['chunk 3 is damaged', 'chunk 9 is damaged'], ended: null };
  const words = faults(broken, [{ kind: 'differs', at: 2, until: 3, tick: 60 }]);
  assert.equal(words.length, 4);
  const damaged = { ...info, damage: ['chunk 3 is damaged'] };
  assert.match(faults(damaged, [{ kind: 'gap', at: 1, until: 2 }], true)[0], /red on the time line/);
  assert.match(faults(damaged, [], true)[0], /Nothing of the match is missing/);
  assert.doesNotMatch(faults(damaged, [], false)[0], /missing/);
  assert.match(words.join(' '), /tick 60 \(0:02\.0\).*chunk 3 is damaged, and 1 more/);
});

test('the next player follows the last one', () => {
  assert.equal(neighbour([4, 5, 6], 6, 1), 4);
  assert.equal(neighbour([4, 5, 6], 4, -1), 6);
  assert.equal(neighbour([4, 5, 6], null, 1), 4);
  assert.equal(neighbour([], null, 1), null);
});

// What the status page and the admin page show of a game that they know nothing of.

import assert from 'node:assert/strict';
import test from 'node:test';

import { columnsOf, valueText } from '../../assets/status/facts.js';

const titles = (room) => columnsOf(room).columns.map(({ title }) => title);

test('columns are the facts, in the order in which the game says them', () => {
  const room = { player_facts: ['points', 'best_round', 'rank'], players: [{ points: 3, best_round: 7, rank: 'gold' }, { points: 1 }] };
  assert.deepEqual(titles(room), ['Points', 'Best round', 'Rank']);
  assert.deepEqual(columnsOf(room).columns.map(({ isNumber }) => isNumber), [true, true, false]);
  assert.equal(columnsOf(room).colour, undefined);
});

test('fact whose values are colours is shown as the colour', () => {
  const players = [{ side: 'red', points: 3 }, { side: 'blue', points: 0 }, { side: 'none', points: 0 }, {}];
  const room = { player_facts: ['side', 'points'], players };
  assert.equal(columnsOf(room).colour, 'side');
  assert.deepEqual(titles(room), ['Points']);
  const other = { ...room, players: [...players, { side: 'left' }] };
  assert.deepEqual(titles(other), ['Side', 'Points'], 'one of them is no colour');
});

test('room without players has the columns nonetheless', () => {
  assert.deepEqual(titles({ player_facts: ['points'], players: [] }), ['Points']);
  assert.deepEqual(titles({ player_facts: [], players: [] }), []);
});

test('values are written as people read them', () => {
  assert.deepEqual([true, false, undefined, null, 3, 'gold', [1, 2]].map(valueText), ['yes', 'no', '', '', '3', 'gold', '1 · 2']);
});

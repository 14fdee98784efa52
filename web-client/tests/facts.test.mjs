// The status page and the admin page show the facts of any game, without knowing the game.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';

import { COLOURS, colourOf, columnsOf, valueText } from '../../assets/status/facts.js';

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

test('every colour that the seam names is one, and any other by its hexadecimal digits', async () => {
  const seam = await readFile(new URL('../../shared/src/game/summary.rs', import.meta.url), 'utf8');
  const style = await readFile(new URL('../../assets/status/status.css', import.meta.url), 'utf8');
  for (const name of COLOURS) {
    assert.ok(seam.includes(`\`${name}\``), `${name} is not in summary.rs`);
    assert.equal(style.split(`--${name}:`).length, 3, `${name} has no value for both schemes`);
    assert.equal(colourOf(name), `var(--${name})`);
  }
  assert.deepEqual(['#12aBef', '#12abe', 'mauve', 'none', undefined, 7].map(colourOf), ['#12aBef', undefined, undefined, undefined, undefined, undefined]);
  const players = [{ hue: '#ff0000' }, { hue: 'green' }];
  assert.equal(columnsOf({ player_facts: ['hue'], players }).colour, 'hue');
});

test('room without players has the columns nonetheless', () => {
  assert.deepEqual(titles({ player_facts: ['points'], players: [] }), ['Points']);
  assert.deepEqual(titles({ player_facts: [], players: [] }), []);
});

test('values are written as people read them', () => {
  assert.deepEqual([true, false, undefined, null, 3, 'gold', [1, 2]].map(valueText), ['yes', 'no', '', '', '3', 'gold', '1 · 2']);
});

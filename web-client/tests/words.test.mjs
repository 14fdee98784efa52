// Texts for players: the cause of bad play, the reason for the end of a session, the time until the next attempt.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sentence } from '../page/connection/api.js';
import { delayBefore } from '../page/connection/backoff.js';
import { fitting } from '../page/hud/chat.js';
import { clock } from '../page/hud/dom.js';
import { reasonOf } from '../page/connection/reasons.js';
import { wordsOf } from '../page/connection/refusals.js';
import { saidAtOnce, truthOf } from '../page/figures/truth.js';

const well = {
  hidden_s: 0, stall_ms: 8, silent_ms: 30, tick_hz: 30, ticks_per_s: 30, snapshots_per_s: 30, loss: 0, reliable: false,
  rtt_ms: 20, jitter_ms: 2, gap_ms: 40,
};

test('nothing is said while all is well', () => {
  assert.equal(truthOf(well), null);
  assert.equal(truthOf({ ...well, loss: 0.01, gap_ms: 200, jitter_ms: 39, rtt_ms: 180 }), null);
});

test('the plain line names who is at fault', () => {
  for (const [change, words] of [
    [{ ticks_per_s: 24, snapshots_per_s: 24 }, 'The server is late: it makes 24 of 30 ticks a second.'],
    [{ loss: 0.04 }, 'Your link lost 4 % of what the server sent.'],
    [{ hidden_s: 12.2 }, 'Your tab was in the background for 12 s; the match went on without you.'],
    [{ stall_ms: 300 }, 'This page stood still for 300 ms: your computer or browser is busy.'],
    [{ silent_ms: 1_200 }, 'Nothing has come from the server for 1.2 s.'],
    [{ gap_ms: 400 }, 'Your link paused for 400 ms.'],
    [{ jitter_ms: 50, rtt_ms: 80 }, 'Your link is uneven: answers take 80 ± 50 ms.'],
    [{ rtt_ms: 250 }, 'Your link is slow: 250 ms to the server and back.'],
    [{ reliable: true, snapshots_per_s: 15 }, 'The server is overloaded and sends 15 of 30 pictures a second.'],
  ]) {
    assert.equal(truthOf({ ...well, ...change }), words);
  }
});

test('the page is asked first: a link is blamed for no more than the page itself was late', () => {
  for (const late_ms of [60, Infinity]) {
    assert.equal(truthOf({ ...well, late_ms, jitter_ms: 90, rtt_ms: 150 }), null);
  }
  assert.match(truthOf({ ...well, late_ms: 30, jitter_ms: 90 }), /uneven/);
  assert.equal(truthOf({ ...well, late_ms: 1_000, gap_ms: 1_100, loss: 0.1, rtt_ms: 1_150 }), null);
  assert.match(truthOf({ ...well, frames_per_s: 12, jitter_ms: 90 }), /only 12 pictures/);
});

test('the tab is named before what follows from it', () => {
  assert.match(truthOf({ ...well, hidden_s: 3, gap_ms: 900, stall_ms: 900, loss: 0.5 }), /background/);
});

test('one bad second is no bad link, but silence is told at once', () => {
  assert.equal(saidAtOnce({ ...well, loss: 0.2, jitter_ms: 90 }), false);
  assert.equal(saidAtOnce({ ...well, silent_ms: 700 }), true);
  assert.equal(saidAtOnce({ ...well, hidden_s: 2 }), true);
});

test('an end says why, and what follows', () => {
  assert.deepEqual(reasonOf(1, 'this server speaks version 2, you speak 1'), {
    name: 'version_mismatch', next: 'stop', what: 'This server speaks version 2, you speak 1.', advice: 'Reload the page to get the new one.',
  });
  assert.equal(reasonOf(10, 'be kind to others').what, 'Be kind to others.');
  assert.equal(reasonOf(16, 'player 3 is on shard 1, and this is shard 0').what, 'Your room has moved.');
  assert.equal(reasonOf(8).next, 'resume');
  assert.equal(reasonOf(15).next, 'again');
  assert.equal(reasonOf(15, '', 'ship').what, 'Your ship was not kept any longer.');
  assert.equal(reasonOf(4).next, 'elsewhere');
  assert.deepEqual([reasonOf(17).name, reasonOf(17).next, reasonOf(17, 'x').what], ['room_failed', 'elsewhere', 'A fault in the game ended this room.']);
  assert.equal(reasonOf(undefined).what, 'The connection was lost.');
});

test('refusals speak to players, not to programs', () => {
  assert.equal(wordsOf('unknown_room', 'there is no room 3; GET /api/rooms lists those that are open'), 'That room is not open any more.');
  assert.doesNotMatch(wordsOf('bad_name', 'the name has 30 bytes; allowed are 1 to 24'), /byte/);
  assert.equal(wordsOf('draining', 'the server is shutting down'), 'The server is shutting down.');
});

test('attempts come twice as late each time, up to a bound, and spread', () => {
  assert.deepEqual([0, 1, 2, 9].map((attempt) => delayBefore(attempt, 1)), [500, 1_000, 2_000, 15_000]);
  assert.deepEqual([0, 9].map((attempt) => delayBefore(attempt, 0)), [250, 7_500]);
});

test('a line of chat is what the server takes', () => {
  assert.equal(fitting('  a\u0000b\n '), 'a b');
  assert.equal(fitting('<b>x</b>'), '<b>x</b>');
  assert.equal(new TextEncoder().encode(fitting('é'.repeat(150))).length, 200);
});

test('small words', () => {
  assert.deepEqual([0, 9.2, 61].map(clock), ['0:00', '0:10', '1:01']);
  assert.equal(sentence('all seats are taken'), 'All seats are taken.');
});

// The measures find the cause of bad play from counters over time: the page, the server or the link.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

let visibility;
globalThis.document = {
  hidden: false,
  addEventListener: (type, listener) => { if (type === 'visibilitychange') visibility = listener; },
};
const { Measures } = await import('../page/figures/measures.js');
const { truthOf } = await import('../page/figures/truth.js');

const JOINED = { tick_hz: 30 };
let clock;
Object.defineProperty(globalThis, 'performance', { value: { now: () => clock }, configurable: true });

/** A session that a test writes by hand. */
class Session {
  transport = 'webtransport';
  lateness_ms = 0;
  heardAt = 0;
  now = { tick: 0, rtt_ms: 20, jitter_ms: 2, gap_max_ms: 40, snapshots: 0, snapshots_missing: 0 };
  figures() { return { ...this.now }; }
}

let measures, session;
beforeEach(() => {
  clock = 1_000;
  document.hidden = false;
  measures = new Measures();
  session = new Session();
});

/** Plays seconds; `second(figures, session)` changes what is measured in each. Gives the lines that are said. */
function play(seconds, second = () => {}, frame_ms = 17) {
  const lines = [];
  for (let left = seconds; left > 0; left--) {
    session.heardAt = clock + 980;
    Object.assign(session.now, { gap_max_ms: 40 });
    session.now.tick += 30;
    session.now.snapshots += 30;
    second(session.now, session);
    for (let at = 0; at < 1_000; at += frame_ms) measures.handleFrame(frame_ms, 2);
    clock += 1_000;
    if (measures.update(clock, session, JOINED)) lines.push(truthOf(measures.sample));
  }
  return lines;
}

const hide = (hidden) => {
  document.hidden = hidden;
  visibility();
};

test('nothing is said while all is well', () => {
  assert.deepEqual(new Set(play(10)), new Set([null]));
});

for (const seconds of [2, 4, 8, 20, 130]) {
  test(`a tab that was hidden for ${seconds} s is named, and nobody else for what came of it`, () => {
    play(5);
    hide(true);
    clock += seconds * 1_000;
    hide(false);
    measures.handleFrame(seconds * 1_000, 2);
    session.now.tick += 30 * seconds;
    const [first, ...rest] = play(8, (figures) => Object.assign(figures, { rtt_ms: 387, jitter_ms: 667, gap_max_ms: 1_000 }));
    assert.match(first, /in the background for/);
    assert.deepEqual(new Set(rest), new Set([null]));
  });
}

test('a page that stands still is named, and not the link whose answers it read late', () => {
  play(5);
  clock += 3_000;
  measures.handleFrame(3_000, 2);
  session.now.tick += 90;
  const lines = play(8, (figures, session) => {
    if (session.stood === undefined) session.lateness_ms = session.stood = 3_000;
    Object.assign(figures, { jitter_ms: 300, rtt_ms: 387, gap_max_ms: figures.tick < 270 ? 3_023 : 40 });
  });
  assert.match(lines[0], /This page stood still for 3000 ms/);
  assert.deepEqual(lines.filter((line) => /link|server/i.test(line ?? '')), []);
});

test('a page that is slow is not a bad link', () => {
  const lines = play(10, (figures, session) => {
    session.lateness_ms = 70;
    Object.assign(figures, { jitter_ms: 60, rtt_ms: 90 });
  }, 45);
  assert.deepEqual(lines.filter((line) => /link/.test(line ?? '')), []);
});

test('a page that shows few pictures says so', () => {
  assert.match(play(10, (figures, session) => session.lateness_ms = 60, 80).at(-1), /only 1[23] pictures a second/);
});

test('a link that pauses is named, not the server whose ticks it held back', () => {
  let turn = 0;
  const lines = play(12, (figures, session) => {
    // Cut for 0.35 s of every 1.3 s: samples end before, within and after the pauses.
    turn += 1;
    const pause = (turn * 1_000) % 1_300 < 350;
    if (pause) session.heardAt -= 330;
    figures.tick += pause ? -10 : (turn > 1 && ((turn - 1) * 1_000) % 1_300 < 350 ? 10 : 0);
    figures.snapshots -= 8;
    figures.snapshots_missing += 8;
    figures.gap_max_ms = 390;
  });
  assert.deepEqual(lines.filter((line) => /server is/.test(line ?? '')), []);
  assert.ok(lines.some((line) => /link/.test(line ?? '')), String(lines));
});

test('a server that is late is named', () => {
  const lines = play(10, (figures) => {
    figures.tick -= 6;
    figures.snapshots -= 6;
  });
  assert.equal(lines.at(-1), 'The server is late: it makes 24 of 30 ticks a second.');
});

test('a server that leaves out every second snapshot is named, and not a link that loses them', () => {
  const lines = play(10, (figures) => {
    figures.snapshots -= 15;
    figures.gap_max_ms = 68;
  });
  assert.match(lines.at(-1), /overloaded and sends 15 of 30/);
});

test('a link that loses half of all is named', () => {
  const lines = play(10, (figures) => {
    figures.snapshots -= 15;
    figures.snapshots_missing += 15;
    figures.gap_max_ms = 110;
  });
  assert.equal(lines.at(-1), 'Your link lost 50 % of what the server sent.');
});

// Which transport a player gets, and how soon.

import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

import { openLink } from '../page/transport/race.js';

const seat = { ws: 'ws://a/play', webtransport: 'https://a:1/play', certificate_sha256: 'ab' };
let stored;

beforeEach(() => {
  stored = new Map();
  globalThis.localStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) };
});

const link = (kind) => ({ kind, closed: false, close() { this.closed = true; } });
const never = (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
const opens = (kind) => async () => link(kind);
const fails = async () => { throw new Error('refused'); };

function world(openWebTransport, openWebSocket, there = true) {
  return { openWebTransport, openWebSocket, webTransportThere: () => there };
}

async function kind(wanted, opened, of = seat) {
  return (await openLink(of, wanted, opened)).kind;
}

test('WebTransport wins where it is there', async () => {
  assert.equal(await kind('auto', world(opens('webtransport'), opens('websocket'))), 'webtransport');
});

test('WebSocket is taken at once where WebTransport fails or is absent', async () => {
  assert.equal(await kind('auto', world(fails, opens('websocket'))), 'websocket');
  stored.clear();
  assert.equal(await kind('auto', world(fails, opens('websocket'), false)), 'websocket');
  assert.equal(await kind('auto', world(fails, opens('websocket')), { ws: seat.ws }), 'websocket');
});

test('a WebTransport that hangs costs its head start once', async (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  let asked = 0;
  const opened = world((...rest) => (asked++, never(...rest)), opens('websocket'));
  const first = kind('auto', opened);
  let done = false;
  first.then(() => done = true);
  await Promise.resolve();
  assert.equal(done, false);
  mock.timers.tick(1_500);
  assert.equal(await first, 'websocket');
  // Remembered: the second join does not try it.
  assert.equal(await kind('auto', opened), 'websocket');
  assert.equal(asked, 1);
});

test('the transport asked for is the only one tried', async () => {
  assert.equal(await kind('websocket', world(opens('webtransport'), opens('websocket'))), 'websocket');
  await assert.rejects(kind('webtransport', world(fails, opens('websocket'))));
  await assert.rejects(kind('webtransport', world(opens('webtransport'), opens('websocket'), false)), /no WebTransport/);
});

test('whoever opens second is closed', async (context) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  context.after(() => mock.timers.reset());
  const late = link('webtransport');
  let open;
  const opening = new Promise((resolve) => open = () => resolve(late));
  const race = openLink(seat, 'auto', world(() => opening, opens('websocket')));
  mock.timers.tick(1_500);
  const winner = await race;
  open();
  await opening;
  await new Promise(setImmediate);
  assert.equal(winner.kind, 'websocket');
  assert.equal(late.closed, true);
});

// A link without room replaces unreliable messages by newer ones, and never drops a reliable message.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WebSocketLink } from '../page/transport/websocket.js';
import { WebTransportLink } from '../page/transport/webtransport.js';

globalThis.WebSocket ??= { OPEN: 1 };

/** Messages as the wire has them: an array's head, the kind, and what tells them apart. */
const message = (kind, number) => Uint8Array.of(0x92, kind, number);
const INPUT = 1, PING = 2, RESYNC = 5;
const soon = () => new Promise(setImmediate);

class Socket {
  readyState = 1;
  bufferedAmount = 0;
  sent = [];
  closed = 0;
  send(bytes) { this.sent.push(bytes[2]); }
  close() { this.closed += 1; }
}

test('WebSocket: newest input replaces what waits, and goes out when there is room', () => {
  const socket = new Socket();
  const link = new WebSocketLink(socket);
  link.send(message(INPUT, 1), false);
  socket.bufferedAmount = 4_000;
  for (let number = 2; number < 1_000; number++) link.send(message(INPUT, number % 256), false);
  link.send(message(PING, 77), false);
  assert.deepEqual(socket.sent, [1]);
  socket.bufferedAmount = 0;
  socket.onmessage({ data: new ArrayBuffer(0) });
  assert.deepEqual(socket.sent, [1, 999 % 256, 77]);
});

test('WebSocket: what must arrive is sent however much waits, and a hopeless link ends instead of dropping it', () => {
  const socket = new Socket();
  const link = new WebSocketLink(socket);
  socket.bufferedAmount = 64 * 1_024;
  link.send(message(RESYNC, 1), true);
  assert.deepEqual([socket.sent, socket.closed], [[1], 0]);
  socket.bufferedAmount += 1;
  link.send(message(RESYNC, 2), true);
  assert.deepEqual([socket.sent, socket.closed], [[1], 1]);
});

/** A writer that takes a message only when the test says so. */
class Writer {
  desiredSize = 1;
  taken = [];
  ready = Promise.resolve();
  #open = () => {};
  write(bytes) {
    this.taken.push(bytes);
    this.desiredSize = 0;
    this.ready = new Promise((open) => this.#open = open);
    return Promise.resolve();
  }
  drain() {
    this.desiredSize = 1;
    this.#open();
  }
}

class Transport {
  closed = new Promise(() => {});
  ended = 0;
  datagrams;
  constructor(datagrams) {
    const readable = { getReader: () => ({ read: () => new Promise(() => {}) }) };
    this.datagrams = { writable: { getWriter: () => datagrams }, readable };
    this.stream = (writer) => ({ writable: { getWriter: () => writer }, readable });
  }
  close() { this.ended += 1; }
}

test('WebTransport: newest input replaces what waits for the writer', async () => {
  const datagrams = new Writer();
  const transport = new Transport(datagrams);
  const link = new WebTransportLink(transport, transport.stream(new Writer()));
  for (let number = 1; number < 600; number++) link.send(message(INPUT, number % 256), false);
  link.send(message(PING, 7), false);
  assert.deepEqual(datagrams.taken.map((bytes) => bytes[2]), [1]);
  for (let turn = 0; turn < 4; turn++) {
    datagrams.drain();
    await soon();
  }
  assert.deepEqual(datagrams.taken.map((bytes) => bytes[2]), [1, 599 % 256, 7]);
});

test('WebTransport: what must arrive is written, up to a bound that ends the link', async () => {
  const stream = new Writer();
  stream.write = (bytes) => (stream.taken.push(bytes), new Promise(() => {}));
  const transport = new Transport(new Writer());
  const link = new WebTransportLink(transport, transport.stream(stream));
  for (let number = 0; number < 100; number++) link.send(message(RESYNC, number), true);
  assert.deepEqual([stream.taken.length, transport.ended], [100, 0]);
  for (let number = 0; number < 70 && !transport.ended; number++) link.send(new Uint8Array(1_000), true);
  assert.equal(transport.ended, 1);
});

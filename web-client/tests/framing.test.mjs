// Streams are cut anywhere: the messages come out whole all the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Deframer, framed } from '../page/transport/framing.js';

const messages = [[1, 2, 3], [], [9], Array.from({ length: 300 }, (_, index) => index % 256)].map((bytes) => Uint8Array.from(bytes));
const stream = Uint8Array.from(messages.flatMap((message) => [...framed(message)]));

test('a message stands behind its length, big-endian', () => {
  assert.deepEqual([...framed(Uint8Array.of(7, 8))], [0, 0, 0, 2, 7, 8]);
});

test('messages come out whole however the stream is cut', () => {
  for (const size of [1, 2, 3, 5, 7, 100, stream.length]) {
    const deframer = new Deframer();
    const taken = [];
    for (let at = 0; at < stream.length; at += size) taken.push(...deframer.take(stream.slice(at, at + size)));
    assert.deepEqual(taken, messages, `cut every ${size}`);
  }
});

test('a length beyond any message is refused before anything is kept for it', () => {
  assert.deepEqual(new Deframer().take(Uint8Array.of(0, 1, 0, 0)), []);
  assert.throws(() => new Deframer().take(Uint8Array.of(0, 1, 0, 1)), RangeError);
});

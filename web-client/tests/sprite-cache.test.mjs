// The cache keeps bitmaps that were drawn lately, and its size has a bound.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { cached, forget } from '../page/draw/sprite-cache.js';

/** Bitmaps that were made and not freed. */
const alive = new Set();
let made = 0;

globalThis.OffscreenCanvas = class {
  constructor(width, height) {
    Object.assign(this, { width, height });
  }

  getContext() {
    return { translate() {} };
  }

  transferToImageBitmap() {
    const { width, height } = this;
    const bitmap = { width, height, close: () => assert.ok(alive.delete(bitmap), 'it is freed once') };
    alive.add(bitmap);
    made += 1;
    return bitmap;
  }
};

const ask = (key, side) => cached(key, () => [side, side], () => {});

beforeEach(() => {
  forget();
  assert.equal(alive.size, 0);
  made = 0;
});

test('picture is made once', () => {
  assert.equal(ask('a', 10), ask('a', 10));
  assert.equal(made, 1);
});

test('picture that is asked for in every frame is never made again, and others are freed', () => {
  const kept = ask('kept', 100);
  for (let frame = 0; frame < 100; frame++) {
    ask(`of frame ${frame}`, 1_000);
    assert.equal(ask('kept', 100), kept);
    const pixels = [...alive].reduce((sum, { width, height }) => sum + width * height, 0);
    assert.ok(pixels <= 17_000_000, `${pixels} pixels are kept`);
  }
  assert.equal(made, 101);
  assert.ok(alive.has(kept));
});

test('many small pictures have a bound too', () => {
  for (let number = 0; number < 100_000; number++) ask(number, 1);
  assert.ok(alive.size <= 40_000, `${alive.size} pictures are kept`);
});

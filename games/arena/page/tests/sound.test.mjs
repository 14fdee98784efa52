// A crowd is not too loud: there is a pause between two sounds of one kind.

import assert from 'node:assert/strict';
import { test } from 'node:test';

/** Counts the notes that are started. */
let notes = 0;
const parameter = () => ({ value: 0, setValueAtTime() {}, exponentialRampToValueAtTime() {} });
const node = () => ({
  gain: parameter(), pan: parameter(), frequency: parameter(),
  connect: (next) => next,
  start: () => notes += 1,
  stop() {},
});
let now = 10;
class AudioContext {
  sampleRate = 8_000;
  destination = node();
  get currentTime() { return now; }
  createGain() { return node(); }
  createStereoPanner() { return node(); }
  createOscillator() { return node(); }
  createBiquadFilter() { return node(); }
  createBufferSource() { return node(); }
  createDynamicsCompressor() { return node(); }
  createBuffer() { return { getChannelData: () => new Float32Array(4) }; }
}
const started = [];
Object.assign(globalThis, {
  AudioContext,
  window: { AudioContext },
  document: { hidden: false },
  addEventListener: (_, start) => started.push(start),
});
const { Mixer } = await import('ricochet-page/sound/mixer.js');
const { Sound } = await import('../sound.js');

const HERE = { pan: 0, distance: 0 };
const KINDS = [
  ['shot', HERE, true], ['ricochet', HERE], ['hit'], ['kill'], ['hurt'], ['explosion', HERE, false], ['rail', HERE], ['pickup', 0], ['spawn'], ['gong', true],
];

test('of many sounds of one kind at once one is heard, and the next after a rest', () => {
  const mixer = new Mixer();
  mixer.isMuted = false;
  const sound = new Sound(mixer);
  for (const start of started) start();
  for (const [kind, ...rest] of KINDS) {
    notes = 0;
    sound[kind](...rest);
    const once = notes;
    assert.ok(once > 0, kind);
    for (let left = 188; left > 0; left--) sound[kind](...rest);
    assert.equal(notes, once, kind);
    now += 1;
    sound[kind](...rest);
    assert.equal(notes, 2 * once, kind);
  }
});

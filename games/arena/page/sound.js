// Sounds, made by WebAudio from oscillators and noise: nothing to download.

import { remember, remembered } from '../settings.js';

/** What is farther makes no sound, world pixels. */
const HEARD_PX = 1_100;
/** Seconds between two sounds of one kind, so that a crowd is no wall of noise; and of kinds that are not listed. */
const REST_S = { shot: 0.035, ricochet: 0.05, hit: 0.04, hurt: 0.06, rail: 0.06, gong: 1 };
const REST_S_OTHERS = 0.08;

export class Sound {
  muted = remembered('muted', false);
  #context;
  #out;
  #noise;
  #last = {};

  constructor() {
    // Browsers let a page sound only once somebody acted on it.
    const start = () => this.#start();
    addEventListener('pointerdown', start, { once: true });
    addEventListener('keydown', start, { once: true });
  }

  setMuted(muted) {
    this.muted = muted;
    remember('muted', muted);
    if (this.#out) this.#out.gain.value = muted ? 0 : VOLUME;
  }

  shot(place, own) {
    this.#play('shot', place, own ? 0.5 : 0.34, (voice) => {
      voice.tone('square', own ? 720 : 560, own ? 190 : 150, 0.09, 0.5);
      voice.hiss(2_400, 0.045, 0.35);
    });
  }

  ricochet(place) {
    this.#play('ricochet', place, 0.3, (voice) => {
      const pitch = 1_500 + 900 * Math.random();
      voice.tone('triangle', pitch, pitch * 1.5, 0.11, 0.5);
      voice.tone('sine', pitch * 2.02, pitch * 2.6, 0.07, 0.25);
    });
  }

  hit() {
    this.#play('hit', HERE, 0.5, (voice) => voice.tone('triangle', 1_250, 1_050, 0.06, 0.8));
  }

  kill() {
    this.#play('kill', HERE, 0.5, (voice) => {
      voice.tone('triangle', 660, 660, 0.09, 0.7);
      voice.tone('triangle', 990, 990, 0.18, 0.7, 0.09);
    });
  }

  hurt() {
    this.#play('hurt', HERE, 0.6, (voice) => {
      voice.tone('sawtooth', 180, 70, 0.14, 0.5);
      voice.hiss(700, 0.09, 0.5);
    });
  }

  explosion(place, own) {
    this.#play('explosion', place, own ? 0.9 : 0.7, (voice) => {
      voice.hiss(900, 0.5, 1);
      voice.tone('sine', 130, 34, 0.45, 1);
    });
  }

  rail(place) {
    this.#play('rail', place, 0.6, (voice) => {
      voice.tone('sawtooth', 1_900, 160, 0.3, 0.4);
      voice.tone('sine', 3_200, 900, 0.16, 0.4);
    });
  }

  pickup(kind) {
    this.#play('pickup', HERE, 0.45, (voice) => {
      const base = [520, 620, 460, 740][kind] ?? 520;
      voice.tone('sine', base, base, 0.09, 0.8);
      voice.tone('sine', base * 1.5, base * 1.5, 0.16, 0.8, 0.07);
    });
  }

  spawn() {
    this.#play('spawn', HERE, 0.4, (voice) => voice.tone('sine', 240, 720, 0.22, 0.7));
  }

  /** A match begins or ends. */
  gong(up) {
    this.#play('gong', HERE, 0.5, (voice) => {
      for (const [index, note] of (up ? [392, 523, 784] : [784, 523, 392]).entries()) {
        voice.tone('triangle', note, note, 0.3, 0.6, index * 0.11);
      }
    });
  }

  #start() {
    if (this.#context || !window.AudioContext) return;
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    this.#out = this.#context.createGain();
    this.#out.gain.value = this.muted ? 0 : VOLUME;
    const limiter = this.#context.createDynamicsCompressor();
    this.#out.connect(limiter).connect(this.#context.destination);
    const { sampleRate } = this.#context;
    this.#noise = this.#context.createBuffer(1, sampleRate / 2, sampleRate);
    const samples = this.#noise.getChannelData(0);
    for (let index = 0; index < samples.length; index++) samples[index] = Math.random() * 2 - 1;
  }

  #play(kind, { pan, distance }, volume, make) {
    const context = this.#context;
    if (!context || this.muted || document.hidden || distance > HEARD_PX) return;
    const now = context.currentTime;
    if (now - (this.#last[kind] ?? -Infinity) < (REST_S[kind] ?? REST_S_OTHERS)) return;
    this.#last[kind] = now;
    const gain = context.createGain();
    gain.gain.value = volume * (1 - distance / HEARD_PX) ** 1.5;
    const panner = context.createStereoPanner();
    panner.pan.value = pan * 0.7;
    gain.connect(panner).connect(this.#out);
    make(new Voice(context, gain, this.#noise, now));
  }
}

/** Parts of one sound. */
class Voice {
  #context;
  #out;
  #noise;
  #at;

  constructor(context, out, noise, at) {
    this.#context = context;
    this.#out = out;
    this.#noise = noise;
    this.#at = at;
  }

  /** A note that slides from one pitch to another. */
  tone(type, from, to, seconds, volume, delay = 0) {
    const oscillator = this.#context.createOscillator();
    const at = this.#at + delay;
    oscillator.type = type;
    oscillator.frequency.setValueAtTime(from, at);
    oscillator.frequency.exponentialRampToValueAtTime(to, at + seconds);
    this.#fade(oscillator, at, seconds, volume);
  }

  /** Noise below a pitch that sinks. */
  hiss(pitch, seconds, volume) {
    const source = this.#context.createBufferSource();
    source.buffer = this.#noise;
    const filter = this.#context.createBiquadFilter();
    filter.type = 'lowpass';
    filter.frequency.setValueAtTime(pitch, this.#at);
    filter.frequency.exponentialRampToValueAtTime(pitch / 8, this.#at + seconds);
    source.connect(filter);
    this.#fade(source, this.#at, seconds, volume, filter);
  }

  #fade(source, at, seconds, volume, from = source) {
    const gain = this.#context.createGain();
    gain.gain.setValueAtTime(volume, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    from.connect(gain).connect(this.#out);
    source.start(at);
    source.stop(at + seconds);
  }
}

const VOLUME = 0.5;
const HERE = { pan: 0, distance: 0 };

// Plays sounds with WebAudio. They are made of oscillators and noise, so there is nothing to download.

import { remember, remembered } from '../settings.js';

/** Distance from which a sound cannot be heard, world pixels. */
const HEARD_PX = 1_100;
/** Place of a sound in the middle of the screen. */
export const HERE = { pan: 0, distance: 0 };

export class Mixer {
  isMuted = remembered('muted', false);
  #context;
  #out;
  #noise;
  /** Time of the last sound of each kind. */
  #last = {};

  constructor() {
    // Browsers let a page play sound only after the user has pressed something.
    const start = () => this.#start();
    addEventListener('pointerdown', start, { once: true });
    addEventListener('keydown', start, { once: true });
  }

  mute(isMuted) {
    this.isMuted = isMuted;
    remember('muted', isMuted);
    if (this.#out) this.#out.gain.value = isMuted ? 0 : VOLUME;
  }

  /**
   * Plays a sound of a kind, unless one of that kind was played within the last `rest_s` seconds, so that a crowd is not too loud. The sound
   * has a place: `pan` from -1, left, to 1, right, and `distance` in world pixels. `volume` is 0 to 1. `make(voice)` adds the notes.
   */
  play(kind, { pan, distance }, volume, rest_s, make) {
    const context = this.#context;
    if (!context || this.isMuted || document.hidden || distance > HEARD_PX) return;
    const now = context.currentTime;
    if (now - (this.#last[kind] ?? -Infinity) < rest_s) return;
    this.#last[kind] = now;
    const gain = context.createGain();
    gain.gain.value = volume * (1 - distance / HEARD_PX) ** 1.5;
    const panner = context.createStereoPanner();
    panner.pan.value = pan * 0.7;
    gain.connect(panner).connect(this.#out);
    make(new Voice(context, gain, this.#noise, now));
  }

  #start() {
    if (this.#context || !window.AudioContext) return;
    this.#context = new AudioContext({ latencyHint: 'interactive' });
    this.#out = this.#context.createGain();
    this.#out.gain.value = this.isMuted ? 0 : VOLUME;
    const limiter = this.#context.createDynamicsCompressor();
    this.#out.connect(limiter).connect(this.#context.destination);
    const { sampleRate } = this.#context;
    this.#noise = this.#context.createBuffer(1, sampleRate / 2, sampleRate);
    const samples = this.#noise.getChannelData(0);
    for (let index = 0; index < samples.length; index++) samples[index] = Math.random() * 2 - 1;
  }
}

/** One sound, made of notes and noise. */
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

  /** Noise through a low-pass filter whose frequency falls. */
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

// The sounds of the arena.

import { HERE } from 'ricochet-page/sound/mixer.js';

/** Shortest time between two sounds of a kind, seconds; then that of kinds that are not listed. */
const REST_S = { shot: 0.035, ricochet: 0.05, hit: 0.04, hurt: 0.06, rail: 0.06, gong: 1 };
const REST_S_OTHERS = 0.08;

export class Sound {
  #mixer;

  constructor(mixer) {
    this.#mixer = mixer;
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

  /** Plays the gong for the beginning or the end of a match. */
  gong(up) {
    this.#play('gong', HERE, 0.5, (voice) => {
      for (const [index, note] of (up ? [392, 523, 784] : [784, 523, 392]).entries()) {
        voice.tone('triangle', note, note, 0.3, 0.6, index * 0.11);
      }
    });
  }

  #play(kind, place, volume, make) {
    this.#mixer.play(kind, place, volume, REST_S[kind] ?? REST_S_OTHERS, make);
  }
}

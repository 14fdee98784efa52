// The sounds of the dish: soft, low, wet.

import { HERE } from 'ricochet-page/sound/mixer.js';

export class Sound {
  #mixer;
  #note = 0;

  constructor(mixer) {
    this.#mixer = mixer;
  }

  /** Plays a note when an own cell swallows something small. The notes rise while it goes on. */
  gulp(radius) {
    this.#mixer.play('gulp', HERE, radius > 15 ? 0.4 : 0.2, 0.05, (voice) => {
      this.#note = (this.#note + 1) % SCALE.length;
      const pitch = SCALE[this.#note] * (radius > 15 ? 0.5 : 1);
      voice.tone('sine', pitch, pitch * 1.3, 0.09, 0.7);
    });
  }

  /** Plays the sound of a cell that swallows a cell of another player. */
  swallow(place, own) {
    this.#mixer.play('swallow', place, own ? 0.8 : 0.5, 0.08, (voice) => {
      voice.tone('sine', 190, 62, 0.28, 0.9);
      voice.tone('triangle', own ? 330 : 240, own ? 660 : 120, 0.2, 0.35, 0.06);
      voice.hiss(500, 0.18, 0.4);
    });
  }

  split() {
    this.#mixer.play('split', HERE, 0.4, 0.1, (voice) => {
      voice.tone('sine', 420, 160, 0.12, 0.8);
      voice.hiss(1_600, 0.06, 0.25);
    });
  }

  ended() {
    this.#mixer.play('ended', HERE, 0.7, 0.5, (voice) => {
      for (const [index, pitch] of [330, 247, 165].entries()) voice.tone('sine', pitch, pitch * 0.9, 0.3, 0.6, index * 0.14);
    });
  }
}

const SCALE = [392, 440, 494, 587, 659, 784];

// `/?bench=64`: measures the time of frames with 64 invented entities of a game.

const SECONDS = 10;
const WARM_UP_SECONDS = 2;

export class Bench {
  /** `{frames, frames_per_s, interval_ms: {p50, p99, max}, work_ms: {…}}` and the game's facts, once it is done. */
  result = null;
  #shown;
  #intervals = [];
  #work = [];
  #elapsed = 0;

  /** `shown` is the game's: `step(seconds)` moves everything, and `facts` describes the view. */
  constructor(shown) {
    this.#shown = shown;
  }

  step(seconds) {
    this.#shown.step(seconds);
  }

  /** Counts a frame. Returns true when the measurement has just ended. */
  handleFrame(interval_ms, work_ms) {
    if (this.result) return false;
    this.#elapsed += interval_ms / 1_000;
    if (this.#elapsed < WARM_UP_SECONDS) return false;
    this.#intervals.push(interval_ms);
    this.#work.push(work_ms);
    if (this.#elapsed < WARM_UP_SECONDS + SECONDS) return false;
    this.result = {
      ...this.#shown.facts,
      frames: this.#work.length,
      frames_per_s: this.#work.length / (this.#intervals.reduce((sum, interval) => sum + interval, 0) / 1_000),
      interval_ms: percentiles(this.#intervals),
      work_ms: percentiles(this.#work),
    };
    return true;
  }
}

function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(2));
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

// Wakes the session when its next input is due, also while the tab is in the background.

export class Ticker {
  #worker;
  #timer;
  #wake;

  /** `wake` is called once after each `next`. */
  constructor(wake) {
    this.#wake = wake;
    try {
      this.#worker = new Worker(new URL('./ticker-worker.js', import.meta.url));
      this.#worker.onmessage = () => wake();
      this.#worker.onerror = () => this.#worker = undefined;
    } catch { /* Without workers the page's own timers must do. */ }
  }

  /** Replaces the wake-up before. */
  next(delay_ms) {
    const delay = Math.max(0, Math.min(delay_ms, LONGEST_MS));
    if (this.#worker) {
      this.#worker.postMessage(delay);
    } else {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.#wake, delay);
    }
  }

  stop() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
  }
}

/** However long nothing is due, silence must be noticed. */
const LONGEST_MS = 250;

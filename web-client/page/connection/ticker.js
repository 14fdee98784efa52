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
    } catch { /* Without workers the page uses its own timers. */ }
  }

  /** Sets the next wake-up, which replaces the one before. */
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

/** Longest time between two wake-ups. The session must notice a silent server even if nothing else is due. */
const LONGEST_MS = 250;

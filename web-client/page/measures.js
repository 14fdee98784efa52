// Figures of the running session, taken once a second: differences of counters, for the overlay and the plain line.

const EVERY_MS = 1_000;
const HISTORY = 60;

export class Measures {
  /** The newest sample, see `truthOf`, with bytes and corrections besides. */
  sample = null;
  /** Round trips and longest gaps of the last minute, for drawing. */
  history = [];
  #before = null;
  #takenAt = 0;
  #hiddenSince = document.hidden ? performance.now() : null;
  #hidden_ms = 0;
  #newestTick = { tick: 0, at: 0 };
  #frames = [];

  constructor() {
    document.addEventListener('visibilitychange', () => {
      const now = performance.now();
      if (document.hidden) {
        this.#hiddenSince = now;
      } else if (this.#hiddenSince !== null) {
        this.#hidden_ms += now - this.#hiddenSince;
        this.#hiddenSince = null;
      }
    });
  }

  clear() {
    this.sample = this.#before = null;
    this.history.length = 0;
    this.#takenAt = 0;
    this.#hidden_ms = 0;
  }

  /** A frame was drawn: the time since the one before, and what drawing it took. */
  handleFrame(interval_ms, work_ms) {
    this.#frames.push({ interval_ms, work_ms });
    if (this.#frames.length > 600) this.#frames.shift();
  }

  /** Frames a second, and the 99th percentile of the work per frame. */
  frames() {
    const intervals = this.#frames.slice(-120).map((frame) => frame.interval_ms);
    const work = this.#frames.map((frame) => frame.work_ms).sort((a, b) => a - b);
    const mean = intervals.reduce((sum, interval) => sum + interval, 0) / (intervals.length || 1);
    return { per_s: mean > 0 ? 1_000 / mean : 0, work_p99_ms: work[Math.floor(work.length * 0.99)] ?? 0 };
  }

  /** Takes a sample when a second has passed; true when it did. */
  update(now, session, joined) {
    if (!session || !joined || now - this.#takenAt < EVERY_MS) return false;
    const figures = session.figures();
    const passed_s = (now - this.#takenAt) / 1_000;
    const before = this.#before;
    this.#before = figures;
    this.#takenAt = now;
    if (figures.tick !== this.#newestTick.tick) this.#newestTick = { tick: figures.tick, at: now };
    const stall_ms = session.lateness_ms;
    session.lateness_ms = 0;
    const hidden_ms = this.#hidden_ms;
    this.#hidden_ms = 0;
    // The first second is full of beginnings, and after a resync counters stand where they were.
    if (!before || passed_s > 5 || figures.tick < before.tick) return false;
    const rate = (name) => ((figures[name] ?? 0) - (before[name] ?? 0)) / passed_s;
    const ticks_per_s = rate('tick'), snapshots_per_s = rate('snapshots');
    this.sample = {
      ...figures,
      hidden_s: hidden_ms / 1_000,
      // A background tab's page is paused: that is no stall of its own.
      stall_ms: hidden_ms > 0 ? 0 : stall_ms,
      silent_ms: now - this.#newestTick.at,
      tick_hz: joined.tick_hz,
      ticks_per_s,
      snapshots_per_s,
      loss: rate('snapshots_missing') / Math.max(rate('snapshots_missing') + snapshots_per_s, 1),
      reliable: session.transport === 'websocket',
      gap_ms: figures.gap_max_ms,
      down_bytes_per_s: rate('down_bytes'),
      up_bytes_per_s: rate('up_bytes'),
      corrections_per_s: rate('corrections'),
    };
    this.history.push({ rtt_ms: figures.rtt_ms ?? 0, gap_ms: figures.gap_max_ms });
    if (this.history.length > HISTORY) this.history.shift();
    return true;
  }
}

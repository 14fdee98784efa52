// Figures of the running session, sampled once a second, for the overlay and the line of `truth.js`. Rates are measured over several
// seconds, between times at which messages arrived. Over one second, a pause of the link would look like a slow server.

const EVERY_MS = 1_000;
const HISTORY = 60;
/** Number of samples from which rates are made. A page that was late within them may be the cause of what looks like a bad link. */
const WINDOW = 6;
/** A page that stood still or was hidden for this long has measured itself and not the link. */
const STALL_MS = 150, HIDDEN_MS = 500;
/** Round trips are smoothed, so those of a stall count for a while: at least the second time, and at most the first. */
const TAINTED_MS = 30_000, TAINTED_MS_MIN = 5_000;
/** The same as in `truthOf`. */
const JITTER_MS_BAD = 40, RTT_MS_BAD = 200;

export class Measures {
  /** The newest sample, see `truthOf`. It also has rates of bytes and corrections. */
  sample = null;
  /** Round trips and longest gaps of the last minute, for the graphs. */
  history = [];
  /** Samples of counters, the oldest first: `{heardAt, at, figures, late_ms}`. */
  #window = [];
  #takenAt = 0;
  #hiddenSince = document.hidden ? performance.now() : null;
  #hidden_ms = 0;
  /** Time since which the measurements say nothing about the link, or null. */
  #taintedSince = null;
  #frames = [];
  /** Longest time between two frames since the last sample. */
  #frameGap_ms = 0;

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
    this.sample = null;
    this.history.length = this.#window.length = 0;
    this.#takenAt = this.#hidden_ms = this.#frameGap_ms = 0;
    this.#taintedSince = null;
  }

  /** Counts a frame: the time since the one before, and the time that drawing it took. */
  handleFrame(interval_ms, work_ms) {
    // A page that was hidden or stood still is reported in another way. This interval says nothing about how fast it draws.
    if (interval_ms > PAUSE_MS) return;
    this.#frames.push({ interval_ms, work_ms });
    if (this.#frames.length > 600) this.#frames.shift();
    this.#frameGap_ms = Math.max(this.#frameGap_ms, interval_ms);
  }

  /** Frames per second, and the 99th percentile of the work per frame. */
  frames() {
    const intervals = this.#frames.slice(-120).map((frame) => frame.interval_ms);
    const work = this.#frames.map((frame) => frame.work_ms).sort((a, b) => a - b);
    const mean = intervals.reduce((sum, interval) => sum + interval, 0) / (intervals.length || 1);
    return { per_s: mean > 0 ? 1_000 / mean : 0, work_p99_ms: work[Math.floor(work.length * 0.99)] ?? 0 };
  }

  /** Takes a sample when a second has passed. Returns true if it took one. */
  update(now, session, joined) {
    if (!session || !joined || now - this.#takenAt < EVERY_MS) return false;
    const passed_ms = now - this.#takenAt;
    this.#takenAt = now;
    const figures = session.figures();
    const hidden_ms = this.#hidden_ms;
    // A tab in the background draws no frames, and a worker drives its session. That does not count as a stall.
    const stall_ms = hidden_ms > 0 ? 0 : session.lateness_ms;
    const late_ms = Math.max(session.lateness_ms, hidden_ms > 0 ? 0 : this.#frameGap_ms - FRAME_MS);
    session.lateness_ms = this.#hidden_ms = this.#frameGap_ms = 0;
    const away = hidden_ms >= HIDDEN_MS || passed_ms > GAP_MS_MAX;
    // Samples from before a long pause cannot be compared with those after it.
    if (away) this.#window.length = 0;
    if (away || stall_ms >= STALL_MS) this.#taintedSince = now;
    if (figures.tick < (this.#window.at(-1)?.figures.tick ?? 0)) this.#window.length = 0;
    this.#window.push({ at: now, heardAt: session.heardAt, figures, late_ms });
    if (this.#window.length > WINDOW) this.#window.shift();
    // The figures of the first second are unusual, so they are not shown. A report of the time away does not wait.
    const told = hidden_ms >= HIDDEN_MS || stall_ms >= STALL_MS;
    if (this.#window.length < 2 && !told) return false;
    const window_late_ms = Math.max(...this.#window.map((sample) => sample.late_ms));
    this.sample = {
      ...figures,
      ...this.#rates(joined.tick_hz, now),
      hidden_s: hidden_ms / 1_000,
      stall_ms,
      silent_ms: now - session.heardAt,
      tick_hz: joined.tick_hz,
      frames_per_s: this.frames().per_s,
      window_late_ms,
      late_ms: this.#isTainted(now, figures) ? Infinity : window_late_ms,
      reliable: session.transport === 'websocket',
      gap_ms: figures.gap_max_ms,
    };
    this.history.push({ rtt_ms: figures.rtt_ms ?? 0, gap_ms: figures.gap_max_ms });
    if (this.history.length > HISTORY) this.history.shift();
    return true;
  }

  #rates(tick_hz, now) {
    const [first, last] = [this.#window[0], this.#window.at(-1)];
    if (first === last) {
      return { ticks_per_s: tick_hz, snapshots_per_s: tick_hz, loss: 0, down_bytes_per_s: 0, up_bytes_per_s: 0, corrections_per_s: 0 };
    }
    const grown = (name) => (last.figures[name] ?? 0) - (first.figures[name] ?? 0);
    const perSecond = (name) => grown(name) / ((now - first.at) / 1_000);
    // A window may begin right before a pause and end within one. Then its ticks were made in less time than the window lasts.
    const pause_ms = Math.max(0, ...this.#window.slice(1).map(({ figures }) => figures.gap_max_ms)) - 1_000 / tick_hz;
    const arriving_s = Math.max(0.001, (last.heardAt - first.heardAt) / 1_000);
    const making_s = Math.max(0.001, arriving_s - Math.max(0, pause_ms) / 1_000);
    const measured = grown('tick') / arriving_s;
    const missing = grown('snapshots_missing');
    return {
      ticks_per_s: measured >= tick_hz ? measured : Math.min(tick_hz, grown('tick') / making_s),
      snapshots_per_s: grown('snapshots') / arriving_s,
      loss: missing / Math.max(missing + grown('snapshots'), 1),
      down_bytes_per_s: perSecond('down_bytes'),
      up_bytes_per_s: perSecond('up_bytes'),
      corrections_per_s: perSecond('corrections'),
    };
  }

  /** Returns true while round trips and gaps are still those of a page that stood still. */
  #isTainted(now, { rtt_ms, jitter_ms }) {
    if (this.#taintedSince === null) return false;
    const passed_ms = now - this.#taintedSince;
    const calm = jitter_ms <= JITTER_MS_BAD && (rtt_ms ?? 0) <= RTT_MS_BAD;
    if (passed_ms > TAINTED_MS || (passed_ms > TAINTED_MS_MIN && calm)) this.#taintedSince = null;
    return this.#taintedSince !== null;
  }
}

/** Normal time between two frames at 60 Hz, with a margin. */
const FRAME_MS = 20;
/** A longer time between two frames is a pause of the page. */
const PAUSE_MS = 1_000;
/** Samples that are farther apart are not compared. */
const GAP_MS_MAX = 5_000;

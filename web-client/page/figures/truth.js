// One plain line when something is wrong, which names who: the tab, this computer, the server, or the link.
//
// The page comes first: one that is late reads late what arrived in time, and would take itself for a bad link.

/**
 * What to say of a second of play, or null when all is well. A sample has:
 * `hidden_s` time the tab was in the background, `stall_ms` longest time this page stood still, `frames_per_s` drawn,
 * `window_late_ms` longest time by which the page was late in the last seconds, `late_ms` the same, or infinite for as long as
 * round trips and gaps are those of a page that stood still, `silent_ms` since anything came from the server,
 * `tick_hz` wanted and `ticks_per_s` made by the server, `snapshots_per_s`, `loss` of snapshots as a part of 1, `reliable`
 * whether the link cannot lose any, `rtt_ms`, `jitter_ms`, `gap_ms` the longest between two snapshots.
 */
export function truthOf(sample) {
  const { hidden_s, stall_ms, frames_per_s = 60, window_late_ms = 0, silent_ms, tick_hz, ticks_per_s, snapshots_per_s, reliable } = sample;
  if (hidden_s >= 0.5) {
    return `Your tab was in the background for ${seconds(hidden_s)}; the match went on without you.`;
  }
  if (stall_ms > 150) return `This page stood still for ${Math.round(stall_ms)} ms: your computer or browser is busy.`;
  if (frames_per_s < 20) {
    return `This page shows only ${Math.round(frames_per_s)} pictures a second: your computer or browser is busy.`;
  }
  if (silent_ms > 600) return `Nothing has come from the server for ${seconds(silent_ms / 1_000)}.`;
  const onTime = window_late_ms < LATE_MS;
  if (ticks_per_s < 0.93 * tick_hz && onTime) {
    return `The server is late: it makes ${Math.round(ticks_per_s)} of ${tick_hz} ticks a second.`;
  }
  // Snapshots that a server leaves out on purpose are not counted as lost, and come evenly; over a link that loses nothing
  // those of a slow reader are left out too, but not evenly.
  const skips = onTime && snapshots_per_s < 0.8 * ticks_per_s && (reliable || sample.loss < LOSS_BAD);
  const evenly = sample.gap_ms < 3_500 / tick_hz;
  const link = skips && evenly ? null : truthOfTheLink(sample);
  if (link) return link;
  if (skips) {
    return `The server is overloaded and sends ${Math.round(snapshots_per_s)} of ${tick_hz} pictures a second.`;
  }
  return null;
}

/** Of what was measured, the page's own lateness explains as much. */
function truthOfTheLink({ late_ms = 0, loss, reliable, rtt_ms, jitter_ms, gap_ms }) {
  if (!reliable && loss >= LOSS_BAD && late_ms < LATE_MS) return `Your link lost ${percent(loss)} of what the server sent.`;
  if (gap_ms - late_ms > 250) return `Your link paused for ${Math.round(gap_ms)} ms.`;
  if (jitter_ms > 40 && jitter_ms > 2 * late_ms) {
    return `Your link is uneven: answers take ${Math.round(rtt_ms)} ± ${Math.round(jitter_ms)} ms.`;
  }
  if (rtt_ms - late_ms > 200) return `Your link is slow: ${Math.round(rtt_ms)} ms to the server and back.`;
  return null;
}

/** Whether it is worth saying of one second alone: a link that stumbles once is not yet a bad link. */
export function saidAtOnce({ hidden_s, stall_ms = 0, silent_ms }) {
  return hidden_s >= 0.5 || stall_ms > 1_000 || silent_ms > 600;
}

function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function percent(part) {
  return `${Math.max(1, Math.round(part * 100))} %`;
}

/** Part of the snapshots that may be lost without a word. */
const LOSS_BAD = 0.02;
/** A page that is later than this may have let datagrams lie until the browser dropped them. */
const LATE_MS = 150;

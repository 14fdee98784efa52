// One line when something is wrong, which names the cause: the tab, this computer, the server, or the link.
//
// The page is checked first. A page that is late reads messages late that arrived in time, and the link would seem to be bad.

/**
 * The line for a second of play, or null when all is well. A sample has:
 * `hidden_s`, time for which the tab was in the background; `stall_ms`, longest time for which this page stood still; `frames_per_s`, drawn
 * frames; `window_late_ms`, longest time by which the page was late in the last seconds; `late_ms`, the same, or infinite while
 * round trips and gaps are those of a page that stood still; `silent_ms`, time since the last message of the server;
 * `tick_hz`, the tick rate, and `ticks_per_s`, the ticks that the server made; `snapshots_per_s`; `loss` of snapshots as a part of 1;
 * `reliable`, true if the link loses none; `rtt_ms`; `jitter_ms`; `gap_ms`, the longest gap between two snapshots.
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
  // Snapshots that an overloaded server leaves out do not count as lost, and the others arrive evenly. Over a reliable link the server also
  // leaves out snapshots for a slow reader, but not evenly.
  const skips = onTime && snapshots_per_s < 0.8 * ticks_per_s && (reliable || sample.loss < LOSS_BAD);
  const evenly = sample.gap_ms < 3_500 / tick_hz;
  const link = skips && evenly ? null : truthOfTheLink(sample);
  if (link) return link;
  if (skips) {
    return `The server is overloaded and sends ${Math.round(snapshots_per_s)} of ${tick_hz} pictures a second.`;
  }
  return null;
}

/** The line for a bad link, or null. The page's own lateness, `late_ms`, is subtracted from the measurements. */
function truthOfTheLink({ late_ms = 0, loss, reliable, rtt_ms, jitter_ms, gap_ms }) {
  if (!reliable && loss >= LOSS_BAD && late_ms < LATE_MS) return `Your link lost ${percent(loss)} of what the server sent.`;
  if (gap_ms - late_ms > 250) return `Your link paused for ${Math.round(gap_ms)} ms.`;
  if (jitter_ms > 40 && jitter_ms > 2 * late_ms) {
    return `Your link is uneven: answers take ${Math.round(rtt_ms)} ± ${Math.round(jitter_ms)} ms.`;
  }
  if (rtt_ms - late_ms > 200) return `Your link is slow: ${Math.round(rtt_ms)} ms to the server and back.`;
  return null;
}

/** Returns true if one bad second is enough for a line. A link that pauses once is not yet a bad link. */
export function saidAtOnce({ hidden_s, stall_ms = 0, silent_ms }) {
  return hidden_s >= 0.5 || stall_ms > 1_000 || silent_ms > 600;
}

function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function percent(part) {
  return `${Math.max(1, Math.round(part * 100))} %`;
}

/** Loss of snapshots, as a part of 1, from which it is reported. */
const LOSS_BAD = 0.02;
/** A page that is later than this may have left datagrams unread until the browser dropped them. */
const LATE_MS = 150;

// One plain line when something is wrong, which names who: the server, the link, this computer, or the tab.

/**
 * What to say of a second of play, or null when all is well. A sample has:
 * `hidden_s` time the tab was in the background, `stall_ms` longest time this page stood still, `silent_ms` since the
 * last snapshot, `tick_hz` wanted and `ticks_per_s` made by the server, `snapshots_per_s`, `loss` of snapshots as a
 * part of 1, `reliable` whether the link cannot lose any, `rtt_ms`, `jitter_ms`, `gap_ms` the longest between two
 * snapshots.
 */
export function truthOf(sample) {
  const { hidden_s, stall_ms, silent_ms, tick_hz, ticks_per_s, snapshots_per_s, loss, reliable, rtt_ms, jitter_ms, gap_ms } = sample;
  if (hidden_s >= 0.5) {
    return `Your tab was in the background for ${seconds(hidden_s)}; the match went on without you.`;
  }
  if (silent_ms > 600) return `Nothing has come from the server for ${seconds(silent_ms / 1_000)}.`;
  if (stall_ms > 150) return `This page stood still for ${Math.round(stall_ms)} ms: your computer or browser is busy.`;
  if (ticks_per_s < 0.93 * tick_hz) {
    return `The server is late: it makes ${Math.round(ticks_per_s)} of ${tick_hz} ticks a second.`;
  }
  if (reliable && snapshots_per_s < 0.8 * ticks_per_s) {
    return `The server is overloaded and sends ${Math.round(snapshots_per_s)} of ${tick_hz} pictures a second.`;
  }
  if (!reliable && loss >= 0.02) return `Your link lost ${percent(loss)} of what the server sent.`;
  if (gap_ms > 250) return `Your link paused for ${Math.round(gap_ms)} ms.`;
  if (jitter_ms > 40) return `Your link is uneven: answers take ${Math.round(rtt_ms)} ± ${Math.round(jitter_ms)} ms.`;
  if (rtt_ms > 200) return `Your link is slow: ${Math.round(rtt_ms)} ms to the server and back.`;
  return null;
}

/** Whether it is worth saying of one second alone: a link that stumbles once is not yet a bad link. */
export function saidAtOnce({ hidden_s, silent_ms }) {
  return hidden_s >= 0.5 || silent_ms > 600;
}

function seconds(value) {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function percent(part) {
  return `${Math.max(1, Math.round(part * 100))} %`;
}

// The network overlay (F3): figures of the link, and graphs of its last minute.

import { byId, make, setText } from './dom.js';

const ROWS = [
  ['transport', 'Transport', ({ transport }) => ({ websocket: 'WebSocket', webtransport: 'WebTransport' })[transport]],
  ['rtt', 'Round trip', ({ rtt_ms }) => ms(rtt_ms)],
  ['jitter', 'Jitter', ({ jitter_ms }) => `± ${ms(jitter_ms)}`],
  ['loss', 'Loss', ({ loss, reliable }) => (reliable ? 'none, by transport' : `${(loss * 100).toFixed(1)} %`)],
  ['snapshots', 'Snapshots', ({ snapshots_per_s, tick_hz }) => `${snapshots_per_s.toFixed(1)} of ${tick_hz} /s`],
  ['gap', 'Longest gap', ({ gap_ms }) => ms(gap_ms)],
  ['down', 'Down', ({ down_bytes_per_s }) => bytes(down_bytes_per_s)],
  ['up', 'Up', ({ up_bytes_per_s }) => bytes(up_bytes_per_s)],
  ['margin', 'Inputs early by', ({ margin_ms, margin_aim_ms }) => `${ms(margin_ms)} (aim ${ms(margin_aim_ms)})`],
  ['corrections', 'Corrections', ({ correction_px, corrections_per_s }) => (
    `${corrections_per_s.toFixed(1)} /s, up to ${correction_px.toFixed(1)} px`)],
  ['delay', 'Others shown', ({ interpolation_ms }) => `${ms(interpolation_ms)} late`],
  ['checks', 'State checks', ({ state_checks, state_mismatches }) => `${state_checks}, ${state_mismatches} wrong`],
  ['tick', 'Tick', ({ tick, ticks_per_s }) => `${tick} · ${ticks_per_s.toFixed(1)} /s`],
  ['frames', 'Frames', ({ frames }) => `${frames.per_s.toFixed(0)} /s, work p99 ${ms(frames.work_p99_ms)}`],
];

export class NetworkOverlay {
  #root = byId('network');
  #values = new Map();
  #canvas = byId('network-lines');

  constructor() {
    const list = byId('network-figures');
    for (const [key, name] of ROWS) {
      const value = make('dd', { 'data-figure': key }, '…');
      list.append(make('dt', {}, name), value);
      this.#values.set(key, value);
    }
  }

  toggle() {
    this.#root.hidden = !this.#root.hidden;
  }

  update(measures, transport) {
    if (this.#root.hidden || !measures.sample) return;
    const figures = { ...measures.sample, transport, frames: measures.frames() };
    for (const [key, , show] of ROWS) setText(this.#values.get(key), show(figures));
    this.#drawLines(measures.history);
  }

  #drawLines(history) {
    const context = this.#canvas.getContext('2d');
    const { width, height } = this.#canvas;
    context.clearRect(0, 0, width, height);
    const highest = Math.max(60, ...history.map(({ rtt_ms, gap_ms }) => Math.max(rtt_ms, gap_ms)));
    const line = (name, colour) => {
      context.beginPath();
      history.forEach((point, index) => {
        const x = width - (history.length - 1 - index) * (width / 59), y = height - 2 - (point[name] / highest) * (height - 6);
        if (index === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.lineWidth = 2;
      context.lineJoin = 'round';
      context.strokeStyle = colour;
      context.stroke();
    };
    // The legend below uses the same colours. They come from the style sheet, because a game may change them.
    const style = getComputedStyle(this.#canvas);
    line('gap_ms', style.getPropertyValue('--accent'));
    line('rtt_ms', style.getPropertyValue('--other'));
  }
}

function ms(value) {
  if (value == null) return '…';
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function bytes(perSecond) {
  return perSecond < 1_000 ? `${Math.round(perSecond)} B/s` : `${(perSecond / 1_000).toFixed(1)} kB/s`;
}

// Ticks second by second: median, 99th percentile and longest, drawn by their logarithm up to the period of a tick.

import { byId, milliseconds } from './words.js';

const SECONDS = 300;
const SIZE = { width: 600, height: 150, floor: 0.01 };
const LINES = ['max', 'p99', 'p50'];

export class Chart {
  #shards = new Map();
  #period = 33;

  /** Adds what is new; `since` says from which second on to ask. */
  add({ period_ms: period, shards }) {
    this.#period = period;
    for (const { shard, seconds } of shards) {
      const known = this.#shards.get(shard) ?? [];
      const last = known.at(-1)?.number ?? -1;
      // A server that restarted counts from zero again.
      const fresh = seconds.some(({ number }) => number < last) ? seconds : [...known, ...seconds.filter(({ number }) => number > last)];
      this.#shards.set(shard, fresh.slice(-SECONDS));
    }
    this.#offerShards();
    this.#draw();
  }

  get since() {
    const newest = [...this.#shards.values()].map((seconds) => seconds.at(-1)?.number ?? -1);
    return newest.length > 0 ? Math.max(0, Math.min(...newest)) : 0;
  }

  /** The last second of each shard. */
  get newest() {
    return [...this.#shards.values()].map((seconds) => seconds.at(-1)).filter(Boolean);
  }

  forget() {
    this.#shards.clear();
  }

  #offerShards() {
    const select = byId('shard');
    if (select.options.length === this.#shards.size) return;
    select.replaceChildren(...[...this.#shards.keys()].map((shard) => new Option(shard, shard)));
    byId('shard-pick').hidden = this.#shards.size < 2;
    select.onchange = () => this.#draw();
  }

  #draw() {
    const seconds = this.#shards.get(Number(byId('shard').value)) ?? [];
    const { width, height, floor } = SIZE;
    const svg = byId('chart').firstElementChild;
    const newest = seconds.at(-1)?.number ?? 0;
    const x = ({ number }) => (width - ((newest - number) * width) / (SECONDS - 1)).toFixed(1);
    const y = (ms) => Math.max(0, height * (1 - Math.log(Math.max(ms, floor) / floor) / Math.log(this.#period / floor)));
    for (const key of LINES) {
      const points = seconds.filter(({ ticks }) => ticks > 0).map((second) => `${x(second)} ${y(second[`${key}_us`] / 1_000).toFixed(1)}`);
      svg.querySelector(`path.${key}`).setAttribute('d', points.length > 0 ? `M${points.join('L')}${points.length === 1 ? 'h-.1' : ''}` : '');
    }
    const overruns = seconds.filter((second) => second.overruns > 0);
    svg.querySelector('path.overruns').setAttribute('d', overruns.map((second) => `M${x(second)} ${height}v-8`).join(''));
    this.#mark(svg, y);
    const last = seconds.at(-1);
    const missed = overruns.reduce((sum, second) => sum + second.overruns, 0);
    byId('chart-text').textContent = last
      ? `p50 ${milliseconds(last.p50_us / 1_000)} · p99 ${milliseconds(last.p99_us / 1_000)} · max ${milliseconds(last.max_us / 1_000)} of ${this.#period.toFixed(1)} ms · ${missed} late`
      : '';
    byId('chart-left').textContent = seconds.length >= SECONDS ? 'five minutes ago' : '';
  }

  #mark(svg, y) {
    const marks = [0.1, 1, 10].filter((mark) => mark < this.#period);
    svg.querySelector('path.grid').setAttribute('d', marks.map((mark) => `M0 ${y(mark).toFixed(1)}H${SIZE.width}`).join(''));
    const labels = byId('chart').querySelector('.marks');
    if (labels.children.length === marks.length) return;
    labels.replaceChildren(...marks.map((mark) => {
      const label = document.createElement('span');
      label.textContent = mark;
      // Through the object model: a style attribute is what the page's policy forbids.
      label.style.top = `${(100 * y(mark)) / SIZE.height}%`;
      return label;
    }));
  }
}

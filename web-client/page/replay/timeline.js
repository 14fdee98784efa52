// The time line: columns that show how much happened when, marks, the verified part of the file, and a head to drag.

import { colours } from '../draw/colours.js';
import { make, setText } from '../hud/dom.js';
import { binned, isCommon, markWords, moment, nearest } from './marks.js';

/** Width of a column, CSS pixels. */
const COLUMN = 4;
/** Distance from the pointer within which the text of a mark is shown, CSS pixels. */
const NEAR = 7;

export class TimeLine {
  /** Called with seconds while the user drags or presses the line. */
  onSeek = () => {};
  marks = [];
  root;
  #canvas = make('canvas', { 'aria-hidden': 'true' });
  #head = make('i', {});
  #hint = make('output', { hidden: true });
  #seconds = 1;
  #verified = 0;
  #followed = null;
  #stale = true;
  #shownAt = -1;
  #game;

  /**
   * `game` is the `Marks` of the game, see start.js.
   */
  constructor(game) {
    this.#game = game;
    this.root = make('div', {
      id: 'replay-line', role: 'slider', tabindex: '0', 'aria-label': 'Time', 'aria-valuemin': '0',
    }, this.#canvas, this.#head, this.#hint);
    this.root.addEventListener('pointerdown', (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.#drag(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      if (this.root.hasPointerCapture(event.pointerId)) this.#drag(event);
      this.#name(event);
    });
    for (const kind of ['pointerleave', 'pointercancel']) this.root.addEventListener(kind, () => this.#hint.hidden = true);
    this.root.addEventListener('pointerup', (event) => this.#hint.hidden = event.pointerType !== 'mouse');
    new ResizeObserver(() => this.#stale = true).observe(this.root);
  }

  start(seconds) {
    this.#seconds = Math.max(seconds, 1e-3);
    this.#verified = 0;
    this.marks = [];
    this.root.setAttribute('aria-valuemax', seconds.toFixed(1));
    this.#stale = true;
  }

  add(mark) {
    this.marks.push(mark);
    this.#stale = true;
  }

  /** The fraction of the recording that has been verified. */
  set verified(part) {
    if (part !== this.#verified) this.#stale = true;
    this.#verified = part;
  }

  set followed(seat) {
    if (seat !== this.#followed) this.#stale = true;
    this.#followed = seat;
  }

  update(at) {
    if (this.#stale) this.#draw();
    if (at === this.#shownAt) return;
    this.#shownAt = at;
    this.#head.style.setProperty('--at', at / this.#seconds);
    this.root.setAttribute('aria-valuenow', at.toFixed(1));
    this.root.setAttribute('aria-valuetext', moment(at));
  }

  #at(event) {
    const { left, width } = this.root.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * this.#seconds;
  }

  #drag(event) {
    this.onSeek(this.#at(event));
  }

  #name(event) {
    const at = this.#at(event);
    const mark = nearest(this.marks, at, (NEAR / this.root.clientWidth) * this.#seconds, (mark) => this.#concerns(mark));
    this.#hint.hidden = false;
    setText(this.#hint, mark ? `${moment(mark.at)}  ${markWords(mark, this.#game)}` : moment(at));
    // The text stays whole on the screen, wherever the pointer is.
    const room = Math.max(0, 1 - this.#hint.offsetWidth / this.root.clientWidth);
    const part = at / this.#seconds - this.#hint.offsetWidth / this.root.clientWidth / 2;
    this.#hint.style.left = `${Math.min(room, Math.max(0, part)) * 100}%`;
  }

  #concerns(mark) {
    const seat = this.#followed;
    return seat !== null && (isCommon(mark) ? mark.player === seat : this.#game.concerns(mark, seat));
  }

  #draw() {
    this.#stale = false;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const { clientWidth: width, clientHeight: height } = this.root;
    if (width === 0) return;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    const context = this.#canvas.getContext('2d');
    context.scale(ratio, ratio);
    const x = (seconds) => (seconds / this.#seconds) * width;
    const base = height - 4;
    // The verified part is bright, the rest is dim.
    context.fillStyle = colours.line;
    context.fillRect(0, base, width, 4);
    context.fillStyle = colours.good;
    context.fillRect(0, base, width * this.#verified, 4);
    const bins = binned(this.marks, this.#seconds, Math.max(1, Math.floor(width / COLUMN)), this.#game.isCounted);
    const most = Math.max(3, ...bins);
    context.fillStyle = colours.column;
    bins.forEach((count, index) => {
      const tall = count && 3 + (base - 7) * (count / most);
      context.fillRect((index / bins.length) * width, base - 1 - tall, COLUMN - 1, tall);
    });
    for (const mark of this.marks) this.#mark(context, mark, x, base);
  }

  #mark(context, mark, x, base) {
    const at = x(mark.at);
    switch (mark.kind) {
      case 'gap':
      case 'differs':
        context.fillStyle = mark.kind === 'gap' ? `${colours.bad}88` : colours.bad;
        context.fillRect(at, 0, Math.max(2, x(mark.until) - at), base + 4);
        return;
      case 'came':
      case 'gone':
        context.fillStyle = colours.other;
        context.fillRect(at - 0.5, base - 7, 1.5, 6);
        return;
      default: {
        const look = this.#game.look(mark, this.#followed);
        if (!look) return;
        const [top, height] = { upper: [2, base / 2 - 3], lower: [base / 2, base / 2 - 3], whole: [0, base] }[look.part];
        context.fillStyle = look.colour;
        context.fillRect(at - 1, top, 2, height);
      }
    }
  }
}

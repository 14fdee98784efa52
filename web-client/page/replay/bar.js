// The bar under the picture of a recording: the time line, and buttons for everything that keys do.

import { make, setData, setText } from '../hud/dom.js';
import { moment } from './marks.js';

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8];

export class Bar {
  root;
  #play = button('replay-play', 'Play (space)', '▶');
  #time = make('b', { id: 'replay-time' });
  #length = make('small', {});
  #speeds = SPEEDS.map((speed) => make('button', { type: 'button', 'data-speed': speed, 'aria-pressed': 'false' }, `${speed}×`));
  #followed = button('replay-followed', 'Look freely (F)', '');
  #truth = make('span', { id: 'replay-truth' });
  #notice = make('p', {});
  #noticeBox;

  /** `act` has the functions of the buttons: `toggle`, `step`, `neighbour`, `free` and `speed`. */
  constructor(line, act) {
    const [previous, next] = [button('replay-previous', 'Previous player (P)', '‹'), button('replay-next', 'Next player (N)', '›')];
    const [back, on] = [button('replay-back', 'One tick back (,)', '‹'), button('replay-on', 'One tick on (.)', '›')];
    const close = button('replay-notice-close', 'Close', '×');
    this.#noticeBox = make('div', { id: 'replay-notice', role: 'status', hidden: true }, this.#notice, close);
    this.root = make('section', { id: 'replay', 'aria-label': 'Recording' },
      this.#noticeBox,
      line,
      make('div', { id: 'replay-controls' },
        make('div', {}, back, this.#play, on),
        make('div', { class: 'time' }, this.#time, this.#length),
        make('div', { role: 'group', class: 'speeds', 'aria-label': 'Speed' }, ...this.#speeds),
        make('div', { class: 'follow' }, previous, this.#followed, next),
        this.#truth));
    this.#play.addEventListener('click', act.toggle);
    back.addEventListener('click', () => act.step(-1));
    on.addEventListener('click', () => act.step(1));
    previous.addEventListener('click', () => act.neighbour(-1));
    next.addEventListener('click', () => act.neighbour(1));
    this.#followed.addEventListener('click', act.free);
    close.addEventListener('click', () => this.#noticeBox.hidden = true);
    for (const element of this.#speeds) element.addEventListener('click', () => act.speed(Number(element.dataset.speed)));
  }

  /** Shows what is wrong with the file; hides the notice if `words` is empty. */
  notice(words) {
    const text = words.join(' ');
    if (this.#notice.textContent === text) return;
    setText(this.#notice, text);
    this.#noticeBox.hidden = text === '';
  }

  update({ at, seconds, playing, speed, followed, verified, ticks, matches }) {
    setText(this.#time, moment(at));
    setText(this.#length, ` / ${moment(seconds)}`);
    setText(this.#play, playing ? '❚❚' : '▶');
    setData(this.#play, 'playing', playing ? 'yes' : undefined);
    for (const element of this.#speeds) {
      const pressed = String(Number(element.dataset.speed) === speed);
      if (element.getAttribute('aria-pressed') !== pressed) element.setAttribute('aria-pressed', pressed);
    }
    setText(this.#followed, followed ?? 'Free view');
    setData(this.#followed, 'free', followed === null ? 'yes' : undefined);
    setData(this.#truth, 'differs', matches ? undefined : 'yes');
    setText(this.#truth, truth(verified, ticks, matches));
  }
}

function truth(verified, ticks, matches) {
  if (!matches) return 'Not what was recorded';
  if (verified < 1) return `Verifying ${Math.floor(verified * 100)} %`;
  return `${ticks.toLocaleString('en')} ticks verified`;
}

function button(id, label, text) {
  return make('button', { id, type: 'button', 'aria-label': label, title: label }, text);
}

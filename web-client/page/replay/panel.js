// The panel in the middle while no recording is shown: a text, and a button to choose a file.

import { make, setText } from '../hud/dom.js';

export class Panel {
  root;
  #title = make('h2', {});
  #text = make('p', {});
  #choose = make('label', { class: 'file' });

  /** `open` is called with the chosen file. */
  constructor(open) {
    const input = make('input', { type: 'file', accept: '.rrec,application/octet-stream' });
    input.addEventListener('change', () => {
      if (input.files[0]) open(input.files[0]);
      input.value = '';
    });
    this.#choose.append('Choose a file', input);
    this.root = make('section', { id: 'replay-panel', class: 'panel', role: 'status', hidden: true }, this.#title, this.#text, this.#choose);
  }

  ask() {
    this.#show('Watch a recording', 'Drop a file of a match here (.rrec), or choose one.', true);
  }

  say(words) {
    this.#show('One moment', words, false);
  }

  refuse(words) {
    const text = words.trim();
    this.#show('This cannot be shown', `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`, true);
  }

  hide() {
    this.root.hidden = true;
  }

  #show(title, text, choosing) {
    setText(this.#title, title);
    setText(this.#text, text);
    this.#choose.hidden = !choosing;
    this.root.hidden = false;
  }
}

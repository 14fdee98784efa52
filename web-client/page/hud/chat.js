// Chat: Enter opens it, Enter sends, Escape closes. Lines are plain text, never HTML.

import { byId, make } from './dom.js';

/** The same as `CHAT_BYTES_MAX` in shared/src/limits.rs. */
const LINE_BYTES_MAX = 200;
const LINES_MAX = 60;
const FRESH_MS = 9_000;

export class Chat {
  /** Sends a line to the room. Returns false if that is not possible now. */
  onSend = () => true;
  onOpen = () => {};
  #root = byId('chat');
  #log = byId('chat-log');
  #form = byId('chat-form');
  #input = byId('chat-input');
  #sideOf;

  /** `sideOf` gives the `data-side` that colours the name of a player of the roster, if any. */
  constructor(sideOf) {
    this.#sideOf = sideOf;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = fitting(this.#input.value);
      // A line that cannot be sent stays in the field.
      if (text && !this.onSend(text)) return this.note('Not sent: you are not connected at this moment.');
      this.close();
    });
    this.#input.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.key === 'Escape') this.close();
    });
    this.#input.addEventListener('blur', () => this.close());
    byId('chat-open').addEventListener('click', () => this.open());
  }

  get isOpen() {
    return !this.#form.hidden;
  }

  open() {
    this.#form.hidden = false;
    this.#root.dataset.open = 'yes';
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#input.focus();
    this.onOpen();
  }

  close() {
    if (!this.isOpen) return;
    this.#input.value = '';
    this.#form.hidden = true;
    delete this.#root.dataset.open;
    this.#input.blur();
  }

  /** Adds the line of a `chat` event, unless its player is muted. */
  add({ from, text }, roster) {
    if (from !== null && roster.isMuted(from)) return;
    const name = from === null ? 'Server' : roster.name(from);
    this.#line(make('b', { 'data-side': this.#side(from, roster) }, name), ` ${text}`);
  }

  /** Adds a line of the page itself. */
  note(text) {
    this.#line(make('em', {}, text));
  }

  clear() {
    this.#log.replaceChildren();
  }

  #side(from, roster) {
    if (from === null) return 'server';
    const player = roster.player(from);
    return (player && this.#sideOf(player)) ?? (from === roster.joined?.player ? 'own' : undefined);
  }

  #line(...parts) {
    const line = make('li', {}, ...parts);
    this.#log.append(line);
    while (this.#log.children.length > LINES_MAX) this.#log.firstElementChild.remove();
    this.#log.scrollTop = this.#log.scrollHeight;
    setTimeout(() => line.classList.add('old'), FRESH_MS);
  }
}

/** The text as the server accepts it: without control characters, and cut to the longest line allowed. */
export function fitting(text) {
  let line = text.replace(/\p{Cc}/gu, ' ').trim();
  const encoder = new TextEncoder();
  while (encoder.encode(line).length > LINE_BYTES_MAX) line = [...line].slice(0, -1).join('');
  return line;
}

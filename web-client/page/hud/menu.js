// The menu: what a player does rarely, and nothing that a stray click may do. The match goes on behind it.

import { byId, setText } from './dom.js';

export class Menu {
  /** Called when it opens: who reads it steers nothing. */
  onOpen = () => {};
  #root = byId('menu');
  #link = '';

  /** `actions`: what the buttons do, `{onMute, onNetwork, onLeave}`. */
  constructor({ onMute, onNetwork, onLeave }) {
    byId('menu-open').addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
    byId('menu-resume').addEventListener('click', () => this.close());
    byId('mute').addEventListener('click', onMute);
    byId('copy-link').addEventListener('click', () => this.#copy());
    byId('show-network').addEventListener('click', () => {
      this.close();
      onNetwork();
    });
    byId('leave-match').addEventListener('click', () => {
      this.close();
      onLeave();
    });
    // A press beside the menu is one of somebody who wants to play on.
    byId('stage').addEventListener('pointerdown', () => this.close());
    this.#root.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        this.#move(event.key === 'ArrowDown' ? 1 : -1);
      }
    });
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  /** The room that the link to copy leads to. */
  setLink(link) {
    this.#link = link;
  }

  open() {
    if (this.isOpen) return;
    setText(byId('copy-link'), COPY);
    this.#root.hidden = false;
    byId('menu-resume').focus();
    this.onOpen();
  }

  close() {
    if (!this.isOpen) return;
    this.#root.hidden = true;
    document.activeElement?.blur();
  }

  async #copy() {
    const button = byId('copy-link');
    try {
      await navigator.clipboard.writeText(this.#link);
      setText(button, 'Copied');
    } catch {
      // Addresses that are not secure have no clipboard: the link itself can be read.
      setText(button, this.#link);
    }
  }

  #move(by) {
    const buttons = [...this.#root.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement);
    buttons[(at + by + buttons.length) % buttons.length].focus();
  }
}

const COPY = 'Copy a link to this room';

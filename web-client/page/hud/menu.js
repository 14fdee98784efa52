// The menu: what a player does rarely, and nothing that a stray click may do. The match goes on behind it.

import { byId, make, setText } from './dom.js';

export class Menu {
  /** Called when it opens: who reads it steers nothing. */
  onOpen = () => {};
  #root = byId('menu');
  #link = '';

  /** Buttons of the settings. */
  #settings = [];

  /**
   * What the buttons do: `{onNetwork, onLeave}`. `settings` are those of the page and of the game, a button each, in order:
   * `{id, words(), isOn(), toggle()}`.
   */
  constructor({ onNetwork, onLeave, settings }) {
    for (const setting of settings) {
      const button = make('button', { id: setting.id, type: 'button' });
      button.addEventListener('click', () => {
        setting.toggle();
        this.refresh();
      });
      byId('show-network').before(button);
      this.#settings.push({ setting, button });
    }
    this.refresh();
    byId('menu-open').addEventListener('click', () => (this.isOpen ? this.close() : this.open()));
    byId('menu-resume').addEventListener('click', () => this.close());
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

  /** A setting may have changed. */
  refresh() {
    for (const { setting, button } of this.#settings) {
      setText(button, setting.words());
      button.setAttribute('aria-pressed', String(setting.isOn()));
    }
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

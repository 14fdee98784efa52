// The menu, for actions that are rare and must not happen by a stray click. The match goes on behind it.

import { byId, make, setText } from './dom.js';

export class Menu {
  /** Called when it opens, so that the game releases all keys: a player who reads the menu steers nothing. */
  onOpen = () => {};
  #root = byId('menu');
  #link = '';

  /** Settings with their buttons. */
  #settings = [];

  /**
   * `onNetwork` and `onLeave` are called for their buttons. `settings` are those of the page and of the game, in the order of their buttons:
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
    // A player who presses outside the menu wants to play on.
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

  /** Sets the link that the button copies. */
  setLink(link) {
    this.#link = link;
  }

  /** Shows the settings as they are now. */
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
      // A page at an insecure address cannot write to the clipboard, so it shows the link itself.
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

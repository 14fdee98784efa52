// Keys and buttons of the page that are the same in every game.

import { byId } from './hud/dom.js';

/** Adds the listeners. `isShowing` returns true while a recording has the keys; `watch` shows a recording from a file. */
export function listen({ page, live, menu, scoreboard, toggleSound, isShowing, watch }) {
  const { chat, overlay } = page;
  const { connection, join, watching } = live;

  addEventListener('keydown', (event) => {
    if (isShowing()) return;
    if (event.key === 'F3') {
      event.preventDefault();
      overlay.toggle();
    }
    if (join.isOpen || chat.isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return escape();
    if (menu.isOpen) return;
    if (event.key === 'Tab' && connection.state !== 'idle') {
      event.preventDefault();
      scoreboard.show(true);
    } else if (watching.active && event.key === ' ') {
      event.preventDefault();
      watching.next();
    } else if (event.key === 'Enter' && connection.state === 'playing' && !watching.active && !(event.target instanceof HTMLButtonElement)) {
      event.preventDefault();
      chat.open();
    } else if (event.code === 'KeyM' && !event.repeat) {
      toggleSound();
    }
  });

  /** Closes the scoreboard or the menu; opens the menu if neither is open. */
  function escape() {
    if (scoreboard.isOpen) scoreboard.show(false);
    else if (menu.isOpen) menu.close();
    else if (connection.state === 'playing') menu.open();
  }

  addEventListener('keyup', (event) => event.key === 'Tab' && !isShowing() && scoreboard.show(false));
  addEventListener('blur', () => scoreboard.show(false));
  // A file that is dropped on the page is shown as a recording.
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) watch(file);
  });
  byId('show-scoreboard').addEventListener('click', () => scoreboard.show(!scoreboard.isOpen));
  // Only a recording has this button: a stray click must not end a match.
  byId('leave').addEventListener('click', () => location.assign('/'));
  byId('scoreboard-close').addEventListener('click', () => scoreboard.show(false));
  // The next press of the space bar would press a button that keeps the focus.
  byId('hud').addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button && !menu.isOpen) button.blur();
  });
}

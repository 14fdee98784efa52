// The panel of a connection that is not playing, with buttons to try again and to leave; and the line of `figures/truth.js`.

import { byId, setData, setText } from './dom.js';

const DOING = {
  asking: 'Asking for a seat',
  opening: 'Connecting',
  joining: 'Entering the room',
};
/** Time for which the line stays, long enough to be read. */
const TRUTH_MS = 4_000;
/** The panel may appear under the mouse of somebody who plays: a press within this time was not meant for it. */
const FRESH_MS = 700;

export class StatusLine {
  #root = byId('connection');
  #title = byId('connection-title');
  #text = byId('connection-text');
  #retry = byId('connection-retry');
  #truth = byId('truth');
  #truthUntil = 0;
  #shownAt = 0;

  #avatar;

  /** `avatar` is the game's word for the thing that is kept for a player who is away, such as "ship". */
  constructor({ onRetry, onLeave, avatar }) {
    this.#avatar = avatar;
    this.#retry.addEventListener('click', onRetry);
    byId('connection-leave').addEventListener('click', onLeave);
  }

  update(now, connection) {
    const { state, reason, retryAt } = connection;
    this.#root.hidden = state === 'idle' || state === 'playing' || (state in DOING && !reason);
    if (this.#root.hidden) this.#shownAt = now;
    setData(this.#root, 'fresh', now - this.#shownAt < FRESH_MS ? 'yes' : undefined);
    if (!this.#root.hidden) {
      const seconds = Math.max(0, Math.ceil((retryAt - now) / 1_000));
      const title = state === 'over' ? 'You are not in the match' : 'Coming back';
      setText(this.#title, title);
      const next = state === 'waiting' ? `Trying again in ${seconds} s.` : state in DOING ? `${DOING[state]} …` : '';
      const left = Math.ceil(connection.keptSeconds);
      const kept = left > 0 && state !== 'over' ? `Your ${this.#avatar} is kept for ${left} s.` : '';
      setText(this.#text, [reason?.what, kept || reason?.advice, next].filter(Boolean).join(' '));
      this.#retry.hidden = state in DOING;
      setText(this.#retry, state === 'over' ? 'Join again' : 'Try now');
    }
    if (now > this.#truthUntil) this.#truth.hidden = true;
  }

  /** Shows a line. Without one, the line that is shown stays until its time is over. */
  tell(now, line) {
    if (!line) return;
    setText(this.#truth, line);
    this.#truth.hidden = false;
    this.#truthUntil = now + TRUTH_MS;
  }
}

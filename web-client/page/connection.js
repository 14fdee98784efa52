// From a wish to play to a session, and back to one whenever it is lost.
//
//   idle -> asking -> opening -> joining -> playing
//             ^                               | lost, or a goodbye that lets us come again
//             +------------ waiting <---------+           over: the player has to act

import * as api from './api.js';
import { delayBefore } from './backoff.js';
import { reasonOf } from './reasons.js';
import { Session } from './session.js';
import { openLink } from './transport/race.js';
import { loadModule, protocol_version } from './wasm.js';

export class Connection {
  state = 'idle';
  session = null;
  seat = null;
  /** Why it is waiting or over: `{name, what, advice}`. */
  reason = null;
  /** When it tries again, in milliseconds of `performance.now()`. */
  retryAt = 0;
  /** Sessions that were lost since the player joined. */
  reconnects = 0;
  onState = () => {};
  onEvent = () => {};

  #controls;
  #transport;
  #wish = null;
  #attempt = 0;
  #timer;
  /** Told from a run that was given up by its number. */
  #run = 0;

  /** `transport` is `auto`, `webtransport` or `websocket`. */
  constructor(controls, transport) {
    this.#controls = controls;
    this.#transport = transport;
    // A network that is back is worth an attempt at once.
    addEventListener('online', () => this.tryNow());
    document.addEventListener('visibilitychange', () => document.hidden || this.tryNow());
  }

  /** What was asked for last. */
  get wish() {
    return this.#wish;
  }

  /** Joins: `{name, mode, room}`. */
  start(wish) {
    this.#wish = wish;
    this.#attempt = 0;
    this.reconnects = 0;
    return this.#connect();
  }

  /** Leaves, or stops trying. */
  stop() {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.session?.leave();
    this.session = null;
    this.#enter('idle');
  }

  /** Does not wait any longer. */
  tryNow() {
    if (this.state === 'waiting') this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer);
    const run = ++this.#run;
    const superseded = () => run !== this.#run;
    try {
      this.#enter('asking');
      await loadModule();
      const seat = await api.join(this.#wish);
      if (superseded()) return;
      if (seat.protocol !== protocol_version()) return this.#over(reasonOf(VERSION_MISMATCH));
      this.seat = seat;
      this.#enter('opening');
      const link = await openLink(seat, this.#transport);
      if (superseded()) return link.close();
      this.#enter('joining');
      this.session = new Session(seat, link, this.#controls);
      this.session.onEvent = (event) => this.#handleEvent(event);
      this.session.onLost = ({ code }) => this.#lost(reasonOf(code === LEFT ? undefined : code));
    } catch (error) {
      if (superseded()) return;
      this.#refused(error);
    }
  }

  #handleEvent(event) {
    if (event.kind === 'joined') {
      this.#attempt = 0;
      // Whoever comes back wants to come back to the same room.
      this.#wish = { ...this.#wish, room: event.room };
      this.reason = null;
      this.#enter('playing');
    }
    if (event.kind === 'ended') {
      // Whoever leaves hears nothing more: a server that says so means a link that closed.
      this.#lost(event.reason === 'left' ? reasonOf() : reasonOf(event.code, event.text));
      return;
    }
    this.onEvent(event);
  }

  #lost(reason) {
    this.session = null;
    this.reconnects += 1;
    if (reason.next === 'stop') return this.#over(reason);
    if (reason.next === 'elsewhere') delete this.#wish.room;
    this.#wait(reason);
  }

  #refused(error) {
    const reason = { name: error.word ?? 'unreachable', what: error.message, advice: '', next: 'again' };
    const returning = this.reconnects > 0;
    if (returning && GONE.includes(error.word)) {
      delete this.#wish.room;
      return this.#wait({ ...reason, advice: 'Looking for another room.' });
    }
    // A newcomer's mistake is not mended by waiting.
    if (error instanceof api.Refusal && !error.retry) return this.#over(reason);
    this.#wait({ ...reason, what: api.sentence(error.message) });
  }

  #wait(reason) {
    this.reason = reason;
    const delay = delayBefore(this.#attempt++);
    this.retryAt = performance.now() + delay;
    this.#enter('waiting');
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #over(reason) {
    this.reason = reason;
    this.#enter('over');
  }

  #enter(state) {
    this.state = state;
    this.onState(state);
  }
}

const LEFT = 0, VERSION_MISMATCH = 1;
/** Refusals that another room may not give. */
const GONE = ['unknown_room', 'room_full', 'room_closed', 'other_mode'];

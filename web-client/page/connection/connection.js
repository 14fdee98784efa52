// Connects a player: joins, resumes the session when a link is lost, and joins again when the session is over.
//
//   idle -> asking -> opening -> joining -> playing
//             ^          ^                    | lost, or a goodbye after which the client may come back
//             |          | with the token     |
//             +------- waiting <--------------+           over: the player has to act

import { openLink } from '../transport/race.js';
import * as api from './api.js';
import { delayBefore, delayBeforeResume } from './backoff.js';
import { Comeback } from './comeback.js';
import { reasonOf } from './reasons.js';
import { ELSEWHERE, wordsOf } from './refusals.js';
import { Session } from './session.js';
import { TabLock } from './tab-lock.js';

export class Connection {
  state = 'idle';
  session = null;
  seat = null;
  /** Reason of the states `waiting` and `over`: `{name, what, advice}`. */
  reason = null;
  /** The room of the last session. */
  room = undefined;
  /** Time of the next attempt, in milliseconds of `performance.now()`. */
  retryAt = 0;
  /** Links that were lost since the player joined, and how often the session was resumed. */
  reconnects = 0;
  resumes = 0;
  onState = () => {};
  onEvent = () => {};

  #module;
  #input;
  #transport;
  #avatar;
  #wish = null;
  #attempt = 0;
  #timer;
  /** Number of the current attempt. An attempt that was given up finds another number here and stops. */
  #run = 0;
  #game;
  #comeback;
  #tab = new TabLock();
  #resuming = false;

  /**
   * `game` is the server's name of the game, `module` is the game's `Module`, `input` is the `Input` of start.js, `transport` is `auto`,
   * `webtransport` or `websocket`, and `avatar` is the game's word for the thing that is kept for a player who is away.
   */
  constructor({ game, module, input, transport, avatar }) {
    this.#game = game;
    this.#comeback = Comeback.remembered(game);
    this.#module = module;
    this.#input = input;
    this.#transport = transport;
    this.#avatar = avatar;
    // When the network is back, an attempt is made at once.
    addEventListener('online', () => this.tryNow());
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#remember() : this.tryNow()));
    // A page that is reloaded resumes its session. The session of a page that is closed ends with the server's time-out.
    addEventListener('pagehide', () => this.#remember());
  }

  /** The newest wish. */
  get wish() {
    return this.#wish;
  }

  /** Joins: `{name, mode, room}`. */
  start(wish) {
    this.#wish = { game: this.#game, ...wish };
    this.#attempt = 0;
    this.reason = null;
    this.reconnects = 0;
    this.resumes = 0;
    this.#forget();
    return this.#connect();
  }

  /** Room of the session that can be resumed, or undefined. */
  get heldRoom() {
    return this.#comeback.seat?.room;
  }

  /** True if there is a session to resume. */
  get canComeBack() {
    return this.#comeback.possible;
  }

  /** Resumes the session of the page that was in this tab before. Returns false if another tab plays it. */
  async comeBack() {
    this.#wish = this.#comeback.wish;
    this.#attempt = 0;
    this.reconnects = 1;
    this.reason = { name: 'reloaded', next: 'resume', what: 'You were in a match.', advice: '' };
    this.#enter('asking');
    const run = ++this.#run;
    const taken = await this.#tab.take(this.#comeback.id);
    if (run !== this.#run) return true;
    if (taken) {
      this.#connect();
    } else {
      this.#forget();
      this.reason = null;
      this.#enter('idle');
    }
    return taken;
  }

  /** Seconds for which the seat is still kept; 0 if there is nothing to resume. */
  get keptSeconds() {
    return this.state === 'playing' ? 0 : this.#comeback.secondsLeft();
  }

  /** Leaves the room, or ends the attempts. */
  stop() {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.session?.leave();
    this.session = null;
    this.reason = null;
    this.#forget();
    this.#enter('idle');
  }

  /** Makes the next attempt now. */
  tryNow() {
    if (this.state === 'waiting') this.#connect();
  }

  async #connect() {
    clearTimeout(this.#timer);
    const run = ++this.#run;
    const superseded = () => run !== this.#run;
    const resuming = this.#comeback.possible;
    this.#resuming = resuming;
    try {
      this.#enter('asking');
      await this.#module.load();
      const seat = resuming ? await this.#knownSeat() : await api.join(this.#wish);
      if (superseded()) return;
      if (seat.protocol !== this.#module.glue.protocol_version()) return this.#over(this.#reasonOf(VERSION_MISMATCH));
      this.seat = seat;
      this.#enter('opening');
      const link = await openLink(seat, this.#transport);
      if (superseded()) return link.close();
      this.#enter('joining');
      const pass = resuming ? this.#comeback.token : seat.ticket;
      this.session = new Session({ module: this.#module, seat, pass, link, input: this.#input });
      this.session.onEvent = (event) => this.#handleEvent(event);
      this.session.onLost = ({ code }) => this.#lost(this.#reasonOf(code === LEFT ? undefined : code));
    } catch (error) {
      if (superseded()) return;
      this.#refused(error);
    }
  }

  #handleEvent(event) {
    if (event.kind === 'session') {
      this.#comeback.handleSession(event, this.seat, this.#wish);
      // The tab that plays the session takes its lock.
      if (event.token) this.#tab.take(event.id);
      return;
    }
    if (event.kind === 'joined') {
      if (this.#resuming) this.resumes += 1;
      this.#attempt = 0;
      // A later join should lead to the same room.
      this.#wish = { ...this.#wish, room: event.room };
      this.reason = null;
      this.room = event.room;
      this.#enter('playing');
    }
    if (event.kind === 'ended') {
      // A player who leaves gets no more events here. So a `left` from the server means that the link was closed.
      this.#lost(event.reason === 'left' ? this.#reasonOf() : this.#reasonOf(event.code, event.text));
      return;
    }
    this.onEvent(event);
  }

  /** The seat of the session, with the current certificates and protocol: the server may have been restarted. */
  async #knownSeat() {
    const { certificate_hashes, protocol } = await api.server();
    this.#comeback.renew(certificate_hashes);
    return { ...this.#comeback.seat, protocol };
  }

  #lost(reason) {
    if (this.state === 'playing') this.#comeback.touch();
    this.session = null;
    this.reconnects += 1;
    // A server that was restarted without its state does not know the tokens that it gave out.
    if (this.#resuming && reason.name === 'bad_ticket') reason = this.#reasonOf(SESSION_OVER);
    if (reason.next !== 'resume' && this.#comeback.possible) {
      this.#forget();
      // The server answers now, so earlier failed attempts do not delay the join of a new seat.
      this.#attempt = 0;
    }
    if (reason.next === 'stop') return this.#over(reason);
    if (reason.next === 'elsewhere') delete this.#wish.room;
    this.#wait(reason);
  }

  #remember() {
    if (this.state === 'playing') this.#comeback.touch();
  }

  #refused(error) {
    const what = error.word ? wordsOf(error.word, error.message) : api.sentence(error.message);
    const reason = { name: error.word ?? 'unreachable', what, advice: '', next: 'again' };
    const returning = this.reconnects > 0;
    if (returning && ELSEWHERE.includes(error.word)) {
      delete this.#wish.room;
      return this.#wait({ ...reason, advice: 'Looking for another room.' });
    }
    // Waiting does not help a new player whose request was wrong.
    if (!this.#resuming && error instanceof api.Refusal && !error.retry) return this.#over(reason);
    // While a server restarts nobody answers. The player has already seen the reason.
    const expected = reason.name === 'unreachable' && this.reason?.name === 'shutting_down';
    // While only the shard of the room restarts, which takes a second, the server answers and no link opens. The network is not at fault then.
    const early = this.#resuming && !(error instanceof api.Refusal) && this.#attempt <= EARLY_ATTEMPTS;
    this.#wait(this.reason && (expected || early) ? this.reason : reason);
  }

  #wait(reason) {
    this.reason = reason;
    // One attempt is always made: after a machine slept, the client does not know how long the server has been waiting.
    if (this.#attempt > 0 && this.#comeback.secondsLeft() <= 0) this.#forget();
    // A server that is shutting down is not back at once.
    if (reason.name === 'shutting_down') this.#attempt = Math.max(this.#attempt, 1);
    const attempt = this.#attempt++;
    const delay = this.#comeback.possible ? delayBeforeResume(attempt) : delayBefore(attempt);
    this.retryAt = performance.now() + delay;
    this.#enter('waiting');
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #reasonOf(code, words) {
    return reasonOf(code, words, this.#avatar);
  }

  #forget() {
    this.#comeback.forget();
    this.#tab.release();
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

const LEFT = 0, VERSION_MISMATCH = 1, SESSION_OVER = 15;
/** Failed attempts, over some seconds, after which a link that does not open is blamed on the network. */
const EARLY_ATTEMPTS = 4;

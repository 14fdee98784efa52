// From a wish to play to a session, and back to it whenever a link is lost; or to a new one, if it is over.
//
//   idle -> asking -> opening -> joining -> playing
//             ^          ^                    | lost, or a goodbye that lets us come again
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
  /** Why it is waiting or over: `{name, what, advice}`. */
  reason = null;
  /** The room of the last session. */
  room = undefined;
  /** When it tries again, in milliseconds of `performance.now()`. */
  retryAt = 0;
  /** Links that were lost since the player joined, and how often the same session went on. */
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
  /** Told from a run that was given up by its number. */
  #run = 0;
  #game;
  #comeback;
  #tab = new TabLock();
  #resuming = false;

  /**
   * `game` is the server's name of the game, `module` the game's, `input` what puts intents into it, `transport` is `auto`, `webtransport` or `websocket`, and
   * `avatar` the game's word for what is kept for a player who is away.
   */
  constructor({ game, module, input, transport, avatar }) {
    this.#game = game;
    this.#comeback = Comeback.remembered(game);
    this.#module = module;
    this.#input = input;
    this.#transport = transport;
    this.#avatar = avatar;
    // A network that is back is worth an attempt at once.
    addEventListener('online', () => this.tryNow());
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#remember() : this.tryNow()));
    // A page that is loaded anew comes back to its session. For one that goes for good the server waits its time-out.
    addEventListener('pagehide', () => this.#remember());
  }

  /** What was asked for last. */
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

  /** The room of the session that the page of this tab had before, if it can go on. */
  get heldRoom() {
    return this.#comeback.seat?.room;
  }

  /** Whether there is a session to go on with. */
  get canComeBack() {
    return this.#comeback.possible;
  }

  /** Goes on with the session of the page that was here before; false if another tab plays it. */
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

  /** Seconds that the seat is still kept; 0 when nothing is to be resumed. */
  get keptSeconds() {
    return this.state === 'playing' ? 0 : this.#comeback.secondsLeft();
  }

  /** Leaves, or stops trying. */
  stop() {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.session?.leave();
    this.session = null;
    this.reason = null;
    this.#forget();
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
      // The page that has the session is the one that goes on with it.
      if (event.token) this.#tab.take(event.id);
      return;
    }
    if (event.kind === 'joined') {
      if (this.#resuming) this.resumes += 1;
      this.#attempt = 0;
      // Whoever comes back wants to come back to the same room.
      this.#wish = { ...this.#wish, room: event.room };
      this.reason = null;
      this.room = event.room;
      this.#enter('playing');
    }
    if (event.kind === 'ended') {
      // Whoever leaves hears nothing more: a server that says so means a link that closed.
      this.#lost(event.reason === 'left' ? this.#reasonOf() : this.#reasonOf(event.code, event.text));
      return;
    }
    this.onEvent(event);
  }

  /** Where the session is, with the certificates of now: the server may have been started anew. */
  async #knownSeat() {
    const { certificate_hashes, protocol } = await api.server();
    this.#comeback.renew(certificate_hashes);
    return { ...this.#comeback.seat, protocol };
  }

  #lost(reason) {
    if (this.state === 'playing') this.#comeback.touch();
    this.session = null;
    this.reconnects += 1;
    // A server that was started anew and kept nothing does not know its own tokens.
    if (this.#resuming && reason.name === 'bad_ticket') reason = this.#reasonOf(SESSION_OVER);
    if (reason.next !== 'resume' && this.#comeback.possible) {
      this.#forget();
      // It answers: what was tried in vain while it did not says nothing about a new seat.
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
    // A newcomer's mistake is not mended by waiting.
    if (!this.#resuming && error instanceof api.Refusal && !error.retry) return this.#over(reason);
    // Nobody answers while a server is started anew, and the player knows why.
    const expected = reason.name === 'unreachable' && this.reason?.name === 'shutting_down';
    // Nor is it anybody's network while the server answers and the shard of the room is started again, which takes a second.
    const early = this.#resuming && !(error instanceof api.Refusal) && this.#attempt <= EARLY_ATTEMPTS;
    this.#wait(this.reason && (expected || early) ? this.reason : reason);
  }

  #wait(reason) {
    this.reason = reason;
    // One attempt is always worth it: a machine that slept does not know for how long the server has missed it.
    if (this.#attempt > 0 && this.#comeback.secondsLeft() <= 0) this.#forget();
    // A server that said it goes is not there at once.
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
/** Attempts in vain, over some seconds, before a link that does not open is blamed on what lies between. */
const EARLY_ATTEMPTS = 4;

// Playing and watching live: the way from the form to a room and back, and the frames and events of the session.

import { Connection } from './connection/connection.js';
import { ROOM_GONE } from './connection/refusals.js';
import { Measures } from './figures/measures.js';
import { saidAtOnce, truthOf } from './figures/truth.js';
import { byId, setData, setText } from './hud/dom.js';
import { StatusLine } from './hud/status-line.js';
import { Watching } from './hud/watching.js';
import { JoinScreen } from './join.js';
import { Moments } from './moments.js';
import * as place from './place.js';

/** A page without a frame for this long counts as hidden. */
const NO_FRAMES_MS = 500;
/** Time after a press in which the player is expected to press again. */
const PRESSING_MS = 1_000;

export class Live {
  connection;
  join;
  watching;
  measures = new Measures();
  #game;
  #page;
  #input;
  #picture;
  #hud;
  #scoreboard;
  #menu;
  #module;
  #status;
  #moments;
  #drawnAt = performance.now();
  /** True if there was something wrong in the second before. */
  #uneasy = false;
  /** The own name, as the server sent it last in this room, or null. */
  #ownName = null;
  /** Time of the last frame in which a button of the game was held. */
  #pressedAt = -Infinity;

  constructor({ game, page, module, input, picture, hud, scoreboard, menu, parameters }) {
    this.#game = game;
    this.#page = page;
    this.#module = module;
    this.#input = input;
    this.#picture = picture;
    this.#hud = hud;
    this.#scoreboard = scoreboard;
    this.#menu = menu;
    const { avatar, join } = game.words;
    this.join = new JoinScreen(parameters, game);
    this.connection = new Connection({ game: game.id, module, input, avatar, transport: parameters.get('transport') ?? 'auto' });
    this.#status = new StatusLine({ avatar, onRetry: () => this.#retry(), onLeave: () => this.leave() });
    this.watching = new Watching({ words: join, onPlay: () => this.#joinWatched() });
    this.#moments = new Moments((event) => page.show(event), (event) => hud.drop?.(event));
    this.connection.onState = (state) => this.#handleState(state);
    this.connection.onEvent = (event) => this.#handleEvent(event);
    this.join.onJoin = (wish) => this.connection.start(wish);
    page.chat.onSend = (text) => this.#say(text);
  }

  /** Begins with the session that this tab had before, if it has one; else with the form, which joins at once if the address says `play`. */
  begin(parameters) {
    const ready = this.#module.load();
    const room = place.roomOf(parameters);
    // A player who opens a link to another room wants to leave this one.
    const elsewhere = parameters.has('play') || (room !== undefined && room !== this.connection.heldRoom);
    if (this.connection.canComeBack && !elsewhere) this.#comeBack();
    else this.join.show();
    ready.then(() => {
      if (parameters.has('play')) this.join.join({});
      setData(document.body, 'ready', 'yes');
    }, (error) => this.join.fail(`The game cannot be loaded: ${error.message}. Reload the page.`));
  }

  leave() {
    const page = this.#page;
    this.connection.stop();
    this.#ownName = null;
    this.#menu.close();
    place.show(this.#game.name);
    page.roster.clear();
    page.figures = null;
    this.watching.start();
    this.#setMap(null);
    this.#hud.clear();
    page.chat.clear();
    this.#status.update(performance.now(), this.connection);
    byId('hud').hidden = true;
    this.join.show();
  }

  frame(now, interval_ms) {
    const page = this.#page, { connection, measures } = this;
    this.#drawnAt = now;
    if (connection.state === 'idle' || (this.join.isOpen && !page.roster.joined)) return this.#picture.attract?.(now);
    const shown = connection.state === 'playing' && connection.session?.frame(now);
    if (shown) {
      page.renderTick = shown.renderTick;
      this.#picture.read(shown.floats, shown.renderTick, now, false);
    }
    this.#moments.update(page.renderTick, now);
    this.#picture.draw(now, this.watching.active ? this.watching.seat(now) : null);
    this.#hud.update(now);
    this.#scoreboard.update(page);
    this.#status.update(now, connection);
    if (measures.update(now, connection.session, page.roster.joined)) this.#judge(now);
    if (this.#input.isPressing) this.#pressedAt = now;
    // A player's mouse passes over buttons while it plays, and they must not take its presses.
    setData(document.body, 'pressing', now - this.#pressedAt < PRESSING_MS ? 'yes' : undefined);
    setData(document.body, 'touch', this.#input.isTouched ? 'yes' : undefined);
    measures.handleFrame(interval_ms, performance.now() - now);
  }

  #handleState(state) {
    const { connection, join, watching } = this;
    const watches = Boolean(connection.wish?.spectate);
    this.#page.state = state;
    setData(document.body, 'state', state);
    setData(document.body, 'transport', connection.session?.transport);
    this.#input.enabled = state === 'playing' && !watches;
    // The panel of a lost link has a button to leave of its own.
    if (state !== 'playing') this.#menu.close();
    if (state === 'playing') {
      join.hide();
      this.measures.clear();
      if (watches) watching.start(this.#page.roster, connection.session, connection.seat?.delay_secs);
      else watching.start();
      byId('hud').hidden = false;
      join.wishFor(undefined);
      place.show(this.#game.name, connection.room, watches ? 'Watching room' : 'Room');
      this.#menu.setLink(place.linkTo(connection.room));
    }
    // A player who has not been in the room yet sees the reason at the form.
    if (join.isOpen && (state === 'over' || state === 'waiting')) {
      const { name, what, advice } = connection.reason;
      connection.stop();
      if (ROOM_GONE.includes(name)) join.wishFor(undefined);
      join.fail([what, advice].filter(Boolean).join(' '));
    }
  }

  #handleEvent(event) {
    const { roster, chat } = this.#page;
    const known = roster.player(event.player);
    const isListed = roster.isListed;
    roster.handleEvent(event);
    this.#hud.handle?.(event);
    if (event.tick !== undefined) this.#hold(event, performance.now());
    const own = roster.joined?.player;
    switch (event.kind) {
      case 'map':
        this.#setMap(this.connection.session.map());
        break;
      case 'chat':
        chat.add(event, roster);
        break;
      case 'left':
        if (known && !known.opponent && event.player !== own) chat.note(`${known.name} left`);
        break;
      case 'player':
        if (!known && !event.opponent && event.player !== own && isListed) chat.note(`${event.name} is here`);
        if (event.player === own) this.#handleOwnName(event.name);
        break;
    }
  }

  /** The server sends the name with each welcome, and a session that is resumed has several. The note is shown only if the name changed. */
  #handleOwnName(name) {
    if (name !== (this.#ownName ?? this.connection.wish.name)) this.#page.chat.note(`Others read your name as ${name}`);
    this.#ownName = name;
  }

  /** Holds an event until the picture reaches its tick, unless the game shows it on the player's own clock. */
  #hold(event, now) {
    const isDrawing = !document.hidden && now - this.#drawnAt <= NO_FRAMES_MS;
    if (!(isDrawing && this.#picture.takes?.(event, now))) this.#moments.hold(event, now);
  }

  #setMap(map) {
    this.#page.map = map;
    this.#picture.setMap(map);
    this.#hud.setMap?.(map);
    this.#moments.clear();
  }

  /** Reports what is wrong with the second that has passed, and shows its figures. */
  #judge(now) {
    const { sample } = this.measures;
    const line = truthOf(sample);
    if (this.#uneasy || saidAtOnce(sample)) this.#status.tell(now, line);
    this.#uneasy = line !== null;
    this.#page.figures = sample;
    this.#page.overlay.update(this.measures, this.connection.session.transport);
    setText(byId('link'), `${Math.round(sample.rtt_ms ?? 0)} ms`);
  }

  #say(text) {
    if (this.connection.state !== 'playing') return false;
    this.connection.session.chat(text);
    return true;
  }

  #retry() {
    if (this.connection.state === 'over') this.connection.start(this.connection.wish);
    else this.connection.tryNow();
  }

  #joinWatched() {
    const { room } = this.#page.roster.joined;
    this.leave();
    this.join.join({ room });
  }

  async #comeBack() {
    this.join.hide();
    if (await this.connection.comeBack()) return;
    this.join.show();
    this.join.fail('You are playing in another tab. Play here as well, under another name.');
  }
}

// Shows recordings: drives the module that plays them, and the same picture, HUD and scoreboard that a player has.

import { byId, make, setData, setText } from '../hud/dom.js';
import { Module } from '../module/module.js';
import { Bar, SPEEDS } from './bar.js';
import { Refusal, bytesOf } from './file.js';
import { NO_MARKS, faults, neighbour } from './marks.js';
import { Panel } from './panel.js';
import { TimeLine } from './timeline.js';
import { FreeView } from './view.js';

/** Seconds by which the arrow keys move. */
const SEEK_SECONDS = 5;
/** Time per frame that the survey may take, ms: less while the recording plays. */
const SURVEY_MS = { playing: 3, paused: 8 };
/** Ticks of the survey between two checks of the time. */
const SURVEY_TICKS = 8;

export class Theatre {
  #page;
  #picture;
  #hud;
  #scoreboard;
  #module;
  #game;
  /** The game's own marks on the time line. */
  #marks;
  #toggleSound;
  #line;
  #bar;
  #view;
  #panel = new Panel((file) => this.show(file));
  #replay = null;
  #info = null;
  #playing = false;
  #speed = 1;
  #followed = null;
  /** Seconds to which the user drags the time line; the seek is made once per frame. */
  #wanted = null;
  #verified = 0;
  /** True if the next frame does not continue from the last one. */
  #fresh = true;

  /** `module` is the loaded module that plays the game's recordings; `picture` and `hud` are the game's. */
  constructor({ game, module, page, picture, hud, scoreboard, toggleSound }) {
    this.#game = game;
    this.#module = module;
    this.#page = page;
    this.#picture = picture;
    this.#hud = hud;
    this.#scoreboard = scoreboard;
    this.#toggleSound = toggleSound;
    this.#marks = game.marks ?? NO_MARKS;
    this.#line = new TimeLine(this.#marks);
    this.#bar = new Bar(this.#line.root, {
      toggle: () => this.toggle(),
      step: (ticks) => this.step(ticks),
      neighbour: (way) => this.#next(way),
      free: () => this.follow(null),
      speed: (speed) => this.#speed = speed,
    });
    this.#view = new FreeView(page.canvas, picture, () => this.#followed !== null);
    this.#view.onFree = () => this.follow(null);
    this.#view.onPress = (seat) => this.follow(seat);
    this.#line.onSeek = (seconds) => this.#wanted = seconds;
    byId('hud').append(this.#bar.root, this.#panel.root);
    byId('scoreboard-body').addEventListener('click', (event) => {
      const row = event.target.closest('tr[data-player]');
      if (!row) return;
      this.follow(Number(row.dataset.player));
      scoreboard.show(false);
    });
    setText(byId('leave'), 'Close');
    setData(document.body, 'state', 'replay');
    page.roster.isRecorded = true;
    addEventListener('keydown', (event) => this.#key(event));
    this.#bar.root.hidden = true;
    byId('hud').hidden = false;
  }

  /** Loads the style sheet and the module that plays recordings of a game. Returns the module. */
  static async load(game) {
    const style = make('link', { rel: 'stylesheet', href: new URL('replay.css', import.meta.url).href });
    const styled = new Promise((resolve, reject) => {
      style.addEventListener('load', resolve);
      style.addEventListener('error', () => reject(new Error('a style sheet is missing')));
    });
    document.head.append(style);
    const module = new Module(await game.modules.replay());
    await Promise.all([styled, module.load()]);
    return module;
  }

  /** Shows a `File`, or the recording at an address of this server. Without a source it asks for a file. */
  async show(source) {
    if (!source) return this.#panel.ask();
    this.#panel.say('Reading the recording …');
    try {
      const bytes = await bytesOf(source, (words) => this.#panel.say(words));
      this.#open(bytes);
    } catch (error) {
      // The module throws strings, everything else throws errors.
      if (typeof error !== 'string' && !(error instanceof Refusal)) console.warn(error);
      this.#panel.refuse(typeof error === 'string' ? error : error.message);
    }
  }

  /** State for `window.ricochet`, for tests and for debugging. */
  get state() {
    if (!this.#replay) return null;
    return {
      seconds: this.#replay.seconds(), length: this.#info.seconds, tick: this.#replay.render_tick(), playing: this.#playing,
      speed: this.#speed, followed: this.#followed, verified: this.#verified, matches: this.#replay.matches(), map: this.#info.map,
      marks: this.#line.marks.length, counted: this.#line.marks.filter(this.#marks.isCounted).length,
      differs: this.#line.marks.filter(({ kind }) => kind === 'differs'), gaps: this.#line.marks.filter(({ kind }) => kind === 'gap'),
    };
  }

  toggle() {
    if (!this.#replay) return;
    if (!this.#playing && this.#replay.is_over()) this.seek(0);
    this.#playing = !this.#playing;
  }

  seek(seconds) {
    this.#replay?.seek(seconds);
  }

  step(ticks) {
    this.#playing = false;
    this.#replay?.step(ticks);
  }

  /** Follows the player in a seat, or nobody. */
  follow(seat) {
    if (!this.#replay || seat === this.#followed) return;
    const { roster } = this.#page;
    this.#followed = seat;
    this.#replay.follow(seat ?? undefined);
    this.#line.followed = seat;
    if (roster.joined) roster.joined.player = seat;
    this.#picture.settle();
  }

  frame(now, interval_ms) {
    const replay = this.#replay;
    if (!replay) return this.#picture.draw(now, null);
    if (this.#wanted !== null) {
      this.seek(this.#wanted);
      this.#wanted = null;
    } else if (this.#playing) {
      replay.advance(interval_ms / 1_000, this.#speed);
      if (replay.is_over()) this.#playing = false;
    }
    for (let text; (text = replay.poll_event()) !== undefined;) this.#handle(JSON.parse(text));
    replay.fill_frame();
    this.#page.renderTick = replay.render_tick();
    this.#picture.read(this.#module.frameOf(replay), this.#page.renderTick, now, this.#fresh);
    this.#fresh = false;
    this.#picture.draw(now, null);
    this.#hud.update(now);
    this.#scoreboard.update(this.#page);
    this.#survey();
    const at = replay.seconds();
    this.#line.update(at);
    this.#bar.update({
      at,
      seconds: this.#info.seconds,
      playing: this.#playing,
      speed: this.#speed,
      followed: this.#followed === null ? null : this.#page.roster.name(this.#followed),
      verified: this.#verified,
      ticks: Math.round((this.#info.seconds - missing(this.#line.marks)) * this.#info.tick_hz),
      matches: replay.matches(),
    });
  }

  #open(bytes) {
    const replay = new this.#module.glue.Replay(bytes);
    this.#replay?.free();
    this.#replay = replay;
    this.#info = JSON.parse(replay.info());
    this.#page.map = JSON.parse(replay.map());
    this.#verified = 0;
    this.#followed = null;
    this.#speed = 1;
    this.#line.start(this.#info.seconds);
    this.#line.followed = null;
    this.#picture.setMap(this.#page.map);
    this.#hud.setMap?.(this.#page.map);
    this.#hud.clear();
    this.#panel.hide();
    this.#bar.root.hidden = false;
    // The followed player must not be hidden by the bar.
    const { camera, size } = this.#picture;
    camera.bound(size.width, size.height + this.#bar.root.offsetHeight / camera.scale);
    this.#say();
    const { map, room, server, started_unix_ms: started } = this.#info;
    document.title = `${map} · room ${room} · ${server} · ${new Date(started).toLocaleString()}`;
    for (let text; (text = replay.poll_event()) !== undefined;) this.#handle(JSON.parse(text));
    // Follows a human, else the best player, else shows the whole map.
    const ranked = this.#page.roster.ranked();
    const first = ranked.find(({ opponent }) => !opponent) ?? ranked[0];
    if (first) this.follow(first.player);
    else this.#view.showAll();
    this.#playing = true;
  }

  #handle(event) {
    if (event.kind === 'gap') return;
    if (event.kind === 'anew') return this.#beginAnew();
    if (event.kind === 'left' && event.player === this.#followed) this.follow(null);
    this.#page.show(event);
    this.#page.roster.handleEvent(event);
    this.#hud.handle?.(event);
  }

  /** Starts over after a jump: the events that follow list all players again. */
  #beginAnew() {
    const joined = { ...this.#info, kind: 'joined', player: this.#followed };
    this.#page.roster.handleEvent(joined);
    this.#picture.clear();
    this.#hud.clear();
    this.#hud.handle?.(joined);
    this.#fresh = true;
  }

  /** Goes on with the survey: finds marks, and compares every tick with its hash. */
  #survey() {
    if (this.#verified >= 1) return;
    const until = performance.now() + SURVEY_MS[this.#playing ? 'playing' : 'paused'];
    do {
      this.#verified = this.#replay.survey(SURVEY_TICKS);
    } while (this.#verified < 1 && performance.now() < until);
    for (let text; (text = this.#replay.poll_mark()) !== undefined;) this.#line.add(JSON.parse(text));
    this.#line.verified = this.#verified;
    this.#say();
  }

  #say() {
    this.#bar.notice(faults(this.#info, this.#line.marks, this.#verified >= 1));
  }

  #next(way) {
    const seats = this.#page.roster.ranked().map(({ player }) => player);
    this.follow(neighbour(seats, this.#followed, way));
  }

  #faster(way) {
    const index = SPEEDS.indexOf(this.#speed) + way;
    this.#speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, index))];
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const scoreboard = this.#scoreboard, { roster } = this.#page;
    const seconds = this.#replay?.seconds() ?? 0;
    const keys = {
      ' ': () => this.toggle(),
      ArrowLeft: () => this.seek(seconds - SEEK_SECONDS),
      ArrowRight: () => this.seek(seconds + SEEK_SECONDS),
      ArrowUp: () => this.#faster(1),
      ArrowDown: () => this.#faster(-1),
      Home: () => this.seek(0),
      End: () => this.seek(this.#info?.seconds ?? 0),
      ',': () => this.step(-1),
      '.': () => this.step(1),
      n: () => this.#next(1),
      p: () => this.#next(-1),
      f: () => this.follow(null),
      m: () => event.repeat || this.#toggleSound(),
      '+': () => this.#view.zoom(1.25),
      '-': () => this.#view.zoom(0.8),
      Tab: () => event.repeat || scoreboard.show(!scoreboard.isOpen),
      Escape: () => scoreboard.show(false),
    };
    const rank = /^[1-9]$/.test(event.key) ? roster.ranked()[Number(event.key) - 1] : undefined;
    const act = rank ? () => this.follow(rank.player) : keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** Total of the missing seconds. */
function missing(marks) {
  return marks.reduce((sum, { kind, at, until }) => sum + (kind === 'gap' ? until - at : 0), 0);
}

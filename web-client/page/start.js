// The page's beginning: takes a game's half, puts the engine's to it, and draws a frame whenever the browser shows one.

import { Bench } from './bench.js';
import { byId, setData, setText } from './hud/dom.js';
import { Menu } from './hud/menu.js';
import { Scoreboard } from './hud/scoreboard.js';
import { listen } from './keys.js';
import { Live } from './live.js';
import { Module } from './module/module.js';
import { Page } from './page.js';

/**
 * What the engine should know of a game before anything is drawn.
 *
 * @typedef {object} Game
 * @property {string} id  What the server calls the game: rooms of this one are listed and asked for.
 * @property {string} name  The title of the page.
 * @property {{play: any, replay?: () => Promise<any>}} modules  What wasm-bindgen made for the game: the module that
 *   plays, imported, and the one that shows recordings, to be imported when one is watched, if the game has it.
 * @property {{avatar: string, join: string}} words  What is kept for a player who is away ("ship": "Your ship is kept for
 *   9 s."), and what a spectator presses to play.
 * @property {object} [newcomer]  What the game knows of a player who has just come; `roster.update` changes it.
 * @property {(a: Player, b: Player) => number} order  Compares two players: the better one is listed first.
 * @property {(player: Player) => string | undefined} sideOf  The `data-side` that the game's style sheet colours a name by.
 * @property {Lobby} lobby
 * @property {Lines} scoreboard
 * @property {Marks} [marks]  Of a game with marks of its own on the time line of a recording.
 * @property {Setting[]} [settings]  Of the game's own, in the menu.
 *
 * A player of the roster. What is beside these three is the game's: the module's `player` events as they are.
 * @typedef {{player: number, name: string, opponent: boolean, [fact: string]: any}} Player  The seat; the name; whether a computer plays.
 *
 * The words of the form. `modes` has the names of the server's modes by their key; `room` is called with a room of
 * `GET /api/rooms` and gives the second and the fourth line of its entry.
 * @typedef {{modes?: Object<string, string>, room: (room: any) => {facts: string, note?: string}}} Lobby
 *
 * The scoreboard: the board's name on buttons, a column for each value of a line, the heading, and what the line of a player
 * says: a value for each column, and a word behind the name. Called while the board is open, in each frame.
 * @typedef {object} Lines
 * @property {string} title
 * @property {{name: string, class?: string}[]} columns
 * @property {(page: Page) => string} heading
 * @property {(player: Player) => {values: (string | number)[], note?: string}} line
 *
 * The time line of a recording: what the module's marks of a game's own mean. A mark has its `kind` and `at`, in seconds.
 * @typedef {object} Marks
 * @property {(mark: any) => boolean} isCounted  Whether it counts for the columns that show how much happened when.
 * @property {(mark: any, seat: number) => boolean} concerns
 * @property {(mark: any) => string} words
 * @property {(mark: any, followed: number | null) => {colour: string, part: 'upper' | 'lower' | 'whole'} | undefined} look
 *
 * A button of the menu, which switches something.
 * @typedef {{id: string, words: () => string, isOn: () => boolean, toggle: () => void}} Setting
 */

/**
 * What the engine's half of the module says happened; a game's events are beside these. `anew` and `gap` are of recordings alone.
 *
 * @typedef {{kind: 'joined', player: number, tick_hz: number, seats: number, interest_px: number, room: number, server: string}
 *   | {kind: 'session', id: string, token: string, resume_secs: number}
 *   | {kind: 'map'}
 *   | {kind: 'player', player: number, name: string, opponent: boolean}
 *   | {kind: 'left', player: number}
 *   | {kind: 'chat', from: number | null, text: string}
 *   | {kind: 'ended', code: number, reason: string, text: string}
 *   | {kind: 'anew', tick: number}
 *   | {kind: 'gap', from: number, to: number}} EngineEvent
 */

/**
 * What a player wants. The engine asks before each input, some thirty times a second, and never while drawing.
 *
 * @typedef {object} Input
 * @property {boolean} enabled  Set by the engine: whether the player plays; if not, the intent must be to do nothing.
 * @property {boolean} isPressing  Whether the player holds a button of the game: other buttons do not react then.
 * @property {boolean} isTouched  Whether the player uses a touch screen.
 * @property {(player: any) => void} apply  Puts the intent for the next tick into the module's player.
 * @property {() => void} handleSent  That intent went into an input: what was pressed for it is done.
 * @property {() => void} release  Lets go of everything.
 */

/**
 * The picture. Times are milliseconds of `performance.now()`, places pixels of the world or, where it says so, of the screen
 * (CSS pixels). In a frame `read` comes first, if there is anything new, then the events whose moment has come, then `draw`.
 *
 * @template [Event=any]  Events of the module: the game's, and `EngineEvent`.
 * @typedef {object} Picture
 * @property {import('./draw/camera.js').Camera} camera  Moved by the engine where somebody looks freely at a recording.
 * @property {{width: number, height: number} | null} size  Of the world.
 * @property {(zoom: number) => void} setZoom  Shows more of the world, or less.
 * @property {(map: any) => void} setMap  Another map, as the module gives it, or none: everything begins anew.
 * @property {(floats: Float32Array, renderTick: number, now: number, isNew: boolean) => void} read  Takes a frame of the module
 *   in: `module/frame.js` makes objects of them. The floats are good until it
 *   returns. `isNew` if the frame does not go on from the last one.
 * @property {(now: number, seat: number | null) => void} draw  Draws what was read: around the own player, or around the one in a
 *   seat, if the page only watches.
 * @property {() => void} clear  Forgets what was read.
 * @property {() => void} settle  Forgets what fades: what follows does not go on from what was shown.
 * @property {(event: Event) => void} show  An event of the module happens now.
 * @property {(x: number, y: number, reach: number) => number | null} [seatAt]  The player at a point of the screen,
 *   to be followed in a recording.
 * @property {(event: Event, now: number) => boolean} [takes]  An event has come before its moment: true if the game calls
 *   `page.show` with it itself, false if it should be shown when the picture has come to its tick.
 * @property {(now: number) => void} [attract]  Draws a frame behind the form.
 */

/**
 * What lies over the picture.
 *
 * @template [Event=any]  As the picture's.
 * @typedef {object} Hud
 * @property {(now: number) => void} update  Called in each frame, after the picture.
 * @property {() => void} clear  The room is left, or a recording goes on from elsewhere.
 * @property {(event: Event) => void} show  As the picture's.
 * @property {(event: Event) => void} [handle]  An event of the module has come, which may be some time before it is shown.
 * @property {(event: Event) => void} [drop]  An event is too old to be shown.
 * @property {(map: any) => void} [setMap]
 */

/**
 * Starts the page with a game's half of it. `input`, `draw` and `hud` are called once, in this order, with the `Page`, which
 * has what the engine knows: connection state, clock, roster, chat, own seat, network figures, sound.
 *
 * @template [Event=any]  Events of the module: the game's, and `EngineEvent`.
 * @param {object} half
 * @param {Game} half.game
 * @param {(page: Page) => Input} half.input
 * @param {(page: Page) => Picture<Event>} half.draw
 * @param {(page: Page) => Hud<Event>} half.hud
 * @param {(count: number) => {step: (seconds: number) => void, facts: object}} [half.bench]  Makes something up to draw, for
 *   `/?bench=count`.
 * @param {object} [half.debug]  Getters and functions for `window.ricochet`, for tests and for the curious.
 */
export function start({ game, input: makeInput, draw: makePicture, hud: makeHud, bench: makeBench, debug = {} }) {
  const parameters = new URLSearchParams(location.search);
  const page = new Page(game, {
    isBusy: () => page.chat.isOpen || live.join.isOpen || menu.isOpen || theatre !== null,
    show: (event) => {
      picture.show(event);
      hud.show(event);
    },
  });
  const input = makeInput(page);
  const picture = makePicture(page);
  const hud = makeHud(page);
  const scoreboard = new Scoreboard(game.scoreboard, game.sideOf);
  const sound = {
    id: 'mute',
    words: () => (page.mixer.isMuted ? 'Sound off' : 'Sound on'),
    isOn: () => page.mixer.isMuted,
    toggle: () => page.mixer.mute(!page.mixer.isMuted),
  };
  const menu = new Menu({
    settings: [sound, ...(game.settings ?? [])],
    onNetwork: () => page.overlay.toggle(),
    onLeave: () => live.leave(),
  });
  const module = new Module(game.modules.play);
  const live = new Live({ game, page, module, input, picture, hud, scoreboard, menu, parameters });
  let bench = null;
  /** Shows recordings, once one is asked for. */
  let theatre = null;
  let drawnAt = performance.now();

  page.chat.onOpen = menu.onOpen = () => input.release();
  scoreboard.onMute = (seat, isMuted) => page.roster.mute(seat, isMuted);
  listen({ page, live, menu, scoreboard, toggleSound, watch, isShowing: () => theatre !== null });

  function toggleSound() {
    sound.toggle();
    menu.refresh();
  }

  /** Shows a recording instead of playing: a file, an address, or what will be chosen. */
  async function watch(source) {
    if (!game.modules.replay) return;
    if (page.roster.joined && !theatre) live.leave();
    live.join.hide();
    try {
      if (!theatre) {
        const { Theatre } = await import('./replay/theatre.js');
        const module = await Theatre.load(game);
        theatre = new Theatre({ game, module, page, picture, hud, scoreboard, toggleSound });
      }
    } catch (error) {
      live.join.show();
      return live.join.fail(`Recordings cannot be shown: ${error.message}. Reload the page.`);
    }
    await theatre.show(source);
  }

  function frame() {
    requestAnimationFrame(frame);
    const now = performance.now();
    const interval_ms = now - drawnAt;
    drawnAt = now;
    if (bench) measure(now, interval_ms);
    else if (theatre) theatre.frame(now, interval_ms);
    else live.frame(now, interval_ms);
  }

  function measure(now, interval_ms) {
    bench.step(Math.min(0.05, interval_ms / 1_000));
    picture.draw(now, null);
    if (bench.handleFrame(interval_ms, performance.now() - now)) setText(byId('bench'), JSON.stringify(bench.result, null, 1));
  }

  /** For tests and for the curious: what the page knows. Nothing here changes anything but `cutLink`. */
  const known = {
    get state() { return live.connection.state; },
    get transport() { return live.connection.session?.transport ?? null; },
    get reason() { return live.connection.reason; },
    get reconnects() { return live.connection.reconnects; },
    get resumes() { return live.connection.resumes; },
    get watching() { return live.watching.active; },
    get player() { return page.player ?? null; },
    /** The tick that is shown, a fraction. It stands still while nothing comes from the server. */
    get renderTick() { return page.renderTick; },
    get room() { return page.roster.joined?.room ?? null; },
    get map() { return page.map?.name ?? null; },
    get stats() { return live.measures.sample && { ...live.measures.sample, frames: live.measures.frames() }; },
    get replay() { return theatre?.state ?? null; },
    get bench() { return bench?.result ?? null; },
    /** Cuts the link as a network would. */
    cutLink() { live.connection.session?.cut(); },
  };
  window.ricochet = Object.freeze(Object.defineProperties(known, Object.getOwnPropertyDescriptors(debug)));

  setData(document.body, 'state', 'idle');
  requestAnimationFrame(frame);
  if (parameters.has('bench') && makeBench) {
    bench = new Bench(makeBench(Number(parameters.get('bench')) || 64));
    byId('join').hidden = true;
    byId('bench').hidden = false;
  } else if (parameters.has('replay') && game.modules.replay) {
    watch(parameters.get('replay')).finally(() => setData(document.body, 'ready', 'yes'));
  } else {
    live.begin(parameters);
  }
}

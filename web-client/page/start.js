// The entry point of a page: joins the game's part to the engine's, and draws a frame whenever the browser shows one.

import { Bench } from './bench.js';
import { byId, setData, setText } from './hud/dom.js';
import { Menu } from './hud/menu.js';
import { Scoreboard } from './hud/scoreboard.js';
import { listen } from './keys.js';
import { Live } from './live.js';
import { Module } from './module/module.js';
import { Page } from './page.js';

/**
 * The facts about a game that the engine needs before anything is drawn.
 *
 * @typedef {object} Game
 * @property {string} id  The server's name of the game. The page lists and joins rooms of this game only.
 * @property {string} name  The title of the page.
 * @property {{play: any, replay?: () => Promise<any>}} modules  The scripts that wasm-bindgen made for the game: the imported module that
 *   plays, and a function that imports the module for recordings, if the game has one.
 * @property {{avatar: string, join: string}} words  The word for the thing that is kept for a player who is away ("ship": "Your ship is
 *   kept for 9 s."), and the text of the button with which a spectator joins the game.
 * @property {object} [newcomer]  The game's first facts about a player who has just joined; `roster.update` changes them.
 * @property {(a: Player, b: Player) => number} order  Compares two players: the better one is listed first.
 * @property {(player: Player) => string | undefined} sideOf  The `data-side` that the game's style sheet colours a name by.
 * @property {Lobby} lobby
 * @property {Lines} scoreboard
 * @property {Marks} [marks]  Only for a game with marks of its own on the time line of a recording.
 * @property {Setting[]} [settings]  The game's own settings in the menu.
 *
 * A player of the roster. The three named fields are those of the module's `player` events; all other fields are the game's.
 * @typedef {{player: number, name: string, opponent: boolean, [fact: string]: any}} Player  The seat; the name; true for a computer opponent.
 *
 * The texts of the form. `modes` has the shown names of the server's modes by their key. `room` is called with a room of
 * `GET /api/rooms` and returns the second and the fourth line of its entry.
 * @typedef {{modes?: Object<string, string>, room: (room: any) => {facts: string, note?: string}}} Lobby
 *
 * The scoreboard: its title, also on buttons; a column for each value of a line; the heading; and the line of a player, with a value for
 * each column and a word behind the name. The functions are called in each frame while the board is open.
 * @typedef {object} Lines
 * @property {string} title
 * @property {{name: string, class?: string}[]} columns
 * @property {(page: Page) => string} heading
 * @property {(player: Player) => {values: (string | number)[], note?: string}} line
 *
 * Texts and looks of the game's own marks on the time line of a recording. A mark has its `kind` and `at`, in seconds.
 * @typedef {object} Marks
 * @property {(mark: any) => boolean} isCounted  True if the columns of the time line, which show how much happened when, count it.
 * @property {(mark: any, seat: number) => boolean} concerns  True if it is about the player in a seat.
 * @property {(mark: any) => string} words  Its text.
 * @property {(mark: any, followed: number | null) => {colour: string, part: 'upper' | 'lower' | 'whole'} | undefined} look  Its colour and
 *   its part of the line's height, or undefined if it is not drawn.
 *
 * A button of the menu that switches a setting on or off.
 * @typedef {{id: string, words: () => string, isOn: () => boolean, toggle: () => void}} Setting
 */

/**
 * Events of the engine. The module also gives the game's own events. Only recordings have `anew` and `gap`.
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
 * The player's intent. The engine calls `apply` whenever it drives the session: before each input, for each message and for each frame.
 *
 * @typedef {object} Input
 * @property {boolean} enabled  Set by the engine: true while the player plays. While it is false the intent must be to do nothing.
 * @property {boolean} isPressing  True while the player holds a button of the game. The page's own buttons do not react then.
 * @property {boolean} isTouched  True if the player uses a touch screen.
 * @property {(player: any) => void} apply  Passes the intent for the next tick to the module's player.
 * @property {() => void} handleSent  That intent was sent in an input, so a button that was pressed and released since then is done.
 * @property {() => void} release  Releases all keys and buttons.
 */

/**
 * The picture. Times are milliseconds of `performance.now()`. Positions are pixels of the world or, where it says so, of the screen
 * (CSS pixels). A frame calls `read` first, if the module has a frame; then `show` for the events that are due; then `draw`.
 *
 * @template [Event=any]  Events of the module: the game's, and `EngineEvent`.
 * @typedef {object} Picture
 * @property {import('./draw/camera.js').Camera} camera  The engine moves it in the free view of a recording.
 * @property {{width: number, height: number} | null} size  Size of the world.
 * @property {(zoom: number) => void} setZoom  Shows more of the world, or less.
 * @property {(map: any) => void} setMap  Starts over with another map, as the module gives it, or with none.
 * @property {(floats: Float32Array, renderTick: number, now: number, isNew: boolean) => void} read  Reads a frame of the module, for
 *   example with `module/frame.js`, which makes objects of the floats. The floats are valid until it returns. `isNew` is true if the frame
 *   does not continue from the last one.
 * @property {(now: number, seat: number | null) => void} draw  Draws the frame that was read last: around the own player, or around the
 *   player in `seat` if the page only watches.
 * @property {() => void} clear  Forgets the frame that was read.
 * @property {() => void} settle  Removes effects that fade: the next frame does not continue from the last one.
 * @property {(event: Event) => void} show  Shows an event of the module, which happens now.
 * @property {(x: number, y: number, reach: number) => number | null} [seatAt]  Seat of the player at a point of the screen,
 *   to be followed in a recording.
 * @property {(event: Event, now: number) => boolean} [takes]  Called when an event arrives. True if the game calls `page.show` with it
 *   itself; false if the engine should show it when the picture reaches its tick.
 * @property {(now: number) => void} [attract]  Draws a frame behind the form.
 */

/**
 * The HUD: the elements over the picture.
 *
 * @template [Event=any]  As in `Picture`.
 * @typedef {object} Hud
 * @property {(now: number) => void} update  Called in each frame, after the picture.
 * @property {() => void} clear  Called when the player leaves the room, and when a recording goes on from another moment.
 * @property {(event: Event) => void} show  As in `Picture`.
 * @property {(event: Event) => void} [handle]  Called when an event of the module arrives, which may be some time before it is shown.
 * @property {(event: Event) => void} [drop]  Called instead of `show` with an event that is too old to be shown.
 * @property {(map: any) => void} [setMap]
 */

/**
 * Starts the page of a game. `input`, `draw` and `hud` are called once, in this order, with the `Page`, which
 * has the engine's part: connection state, clock, roster, chat, own seat, network figures, sound.
 *
 * @template [Event=any]  Events of the module: the game's, and `EngineEvent`.
 * @param {object} half
 * @param {Game} half.game
 * @param {(page: Page) => Input} half.input
 * @param {(page: Page) => Picture<Event>} half.draw
 * @param {(page: Page) => Hud<Event>} half.hud
 * @param {(count: number) => {step: (seconds: number) => void, facts: object}} [half.bench]  Makes `count` invented entities to draw, for
 *   `/?bench=count`.
 * @param {object} [half.debug]  Getters and functions that are added to `window.ricochet`, for tests and for debugging.
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
  /** Shows recordings. It is loaded with the first one. */
  let theatre = null;
  let drawnAt = performance.now();

  page.chat.onOpen = menu.onOpen = () => input.release();
  scoreboard.onMute = (seat, isMuted) => page.roster.mute(seat, isMuted);
  listen({ page, live, menu, scoreboard, toggleSound, watch, isShowing: () => theatre !== null });

  function toggleSound() {
    sound.toggle();
    menu.refresh();
  }

  /** Shows a recording instead of playing: a file, the one at an address, or, without a source, one that the user chooses. */
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

  /** The state of the page, for tests and for debugging. Only `cutLink` changes anything. */
  const known = {
    get state() { return live.connection.state; },
    get transport() { return live.connection.session?.transport ?? null; },
    get reason() { return live.connection.reason; },
    get reconnects() { return live.connection.reconnects; },
    get resumes() { return live.connection.resumes; },
    get watching() { return live.watching.active; },
    get player() { return page.player ?? null; },
    /** The tick that is shown, with a fraction. It stands still while nothing arrives from the server. */
    get renderTick() { return page.renderTick; },
    get room() { return page.roster.joined?.room ?? null; },
    get map() { return page.map?.name ?? null; },
    get stats() { return live.measures.sample && { ...live.measures.sample, frames: live.measures.frames() }; },
    get replay() { return theatre?.state ?? null; },
    get bench() { return bench?.result ?? null; },
    /** Cuts the link as a failing network would. */
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

// The engine's part of the page, as the game's part gets it.

import { Chat } from './hud/chat.js';
import { byId } from './hud/dom.js';
import { NetworkOverlay } from './hud/network.js';
import { Roster } from './roster.js';
import { Mixer } from './sound/mixer.js';

export class Page {
  /** The canvas that fills the page. */
  canvas = /** @type {HTMLCanvasElement} */ (byId('stage'));
  /** Players in the room, see `roster.js`. `roster.joined` is the welcome: `{player, tick_hz, seats, room, server, …}`. */
  roster;
  /** Plays sounds. */
  mixer = new Mixer();
  /** The chat. `chat.note(text)` adds a line of the page itself. */
  chat;
  /** The network figures; `overlay.toggle()` shows or hides them. */
  overlay = new NetworkOverlay();
  /** The room's map, as the game's module gives it, or null.
   * @type {any} */
  map = null;
  /** Time that is shown, in ticks of the room, with a fraction. */
  renderTick = 0;
  /** `idle`, `asking`, `opening`, `joining`, `playing`, `waiting` or `over`: see `connection/connection.js`. */
  state = 'idle';
  /** The newest figures of the link, as `figures/truth.js` lists them, or null.
   * @type {any} */
  figures = null;

  /** Returns true while the form, the chat, the menu or a recording has the keys.
   * @type {() => boolean} */
  isBusy;
  /** Shows an event now, in the picture and in the HUD.
   * @type {(event: any) => void} */
  show;

  constructor(game, { isBusy, show }) {
    this.roster = new Roster(game.order, game.newcomer);
    this.chat = new Chat(game.sideOf);
    this.isBusy = isBusy;
    this.show = show;
  }

  /** Seat of the own player, or of the player who is followed in a recording; undefined while there is neither. */
  get player() {
    return this.roster.joined?.player;
  }

  /** True while a recording is shown. */
  get isRecording() {
    return this.roster.isRecorded;
  }
}

// One session over one link: the link, the module's `Player`, and the timer that drives them.

import { Ticker } from './ticker.js';

export class Session {
  /** Called with each event of the module, an object with a `kind`. */
  onEvent = () => {};
  /** Called once with `{code, words}` when the link is lost without a goodbye. */
  onLost = () => {};
  /** Longest delay with which the session was driven since the last sample of `Measures`, which resets it. */
  lateness_ms = 0;
  /** Time of the last message from the server. */
  heardAt = performance.now();

  #module;
  #player;
  #link;
  #input;
  #ticker;
  #over = false;
  #beatDue = Infinity;

  /**
   * `seat` is the answer of `POST /api/join`; `pass` is its ticket, or the token of a session to resume; `input` passes the
   * player's intent to the module.
   */
  constructor({ module, seat, pass, link, input }) {
    this.#module = module;
    this.#link = link;
    this.#input = input;
    this.#player = new module.glue.Player(pass, seat.player_name, link.reliable, performance.now());
    this.#ticker = new Ticker(() => this.#beat());
    link.onMessage = (bytes) => this.#message(bytes);
    link.onClose = (how) => this.#closed(how);
    this.#beat();
  }

  get transport() {
    return this.#link.kind;
  }

  /** The view at `now`: the floats of a frame and the tick that they show. Undefined if the session is over. */
  frame(now) {
    this.#beat();
    if (this.#over) return undefined;
    this.#player.fill_frame(now);
    return { floats: this.#module.frameOf(this.#player), renderTick: this.#player.render_tick() };
  }

  map() {
    return JSON.parse(this.#player.map() ?? 'null');
  }

  figures() {
    return JSON.parse(this.#player.figures());
  }

  chat(text) {
    this.#player.chat(text);
    this.#flush();
  }

  /** Asks the server to show this spectator the view of the player in a seat. */
  watch(seat) {
    this.#player.watch(seat);
    this.#flush();
  }

  /** Leaves the room for good. */
  leave() {
    if (this.#over) return;
    this.#player.leave();
    this.#flush();
    this.#end(0, '');
  }

  /** Cuts the link as a failing network would, for tests. */
  cut() {
    this.#link.close(undefined, 'cut');
  }

  #message(bytes) {
    if (this.#over) return;
    this.heardAt = performance.now();
    const fault = this.#player.handle_message(bytes, this.heardAt);
    if (fault) {
      this.#end(BAD_MESSAGE, fault);
      this.onLost({ code: undefined, words: `A message of the server makes no sense: ${fault}.` });
      return;
    }
    this.#beat();
  }

  /** Makes the inputs and pings that are due, sends messages, handles events, and sets the next wake-up. */
  #beat() {
    if (this.#over) return;
    const now = performance.now();
    this.lateness_ms = Math.max(this.lateness_ms, now - this.#beatDue);
    this.#input.apply(this.#player);
    const made = this.#player.inputs_made();
    this.#player.advance(now);
    // A button that was pressed and released between two ticks counts for one input.
    if (this.#player.inputs_made() > made) this.#input.handleSent();
    this.#flush();
    this.#tell();
    if (this.#over) return;
    const wake = this.#player.next_wake_ms();
    if (wake !== this.#beatDue) {
      this.#beatDue = wake;
      this.#ticker.next(wake - performance.now());
    }
  }

  #flush() {
    for (let bytes; (bytes = this.#player.poll_output()) !== undefined;) {
      this.#link.send(bytes, this.#player.output_is_reliable());
    }
  }

  #tell() {
    for (let text; !this.#over && (text = this.#player.poll_event()) !== undefined;) {
      const event = JSON.parse(text);
      if (event.kind === 'ended') this.#end(event.code, event.reason);
      this.onEvent(event);
    }
  }

  #closed(how) {
    if (this.#over) return;
    // The goodbye may have arrived together with the close of the link.
    this.#tell();
    if (this.#over) return;
    this.#end(0, '');
    this.onLost(how);
  }

  #end(code, words) {
    this.#over = true;
    this.#ticker.stop();
    this.#link.close(code, words);
  }
}

const BAD_MESSAGE = 2;

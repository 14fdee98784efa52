// One session: a link, the module's player behind it, and the beat that drives them.

import { Ticker } from './ticker.js';

export class Session {
  /** Called with each event of the module, an object with a `kind`. */
  onEvent = () => {};
  /** Called once when the link is gone without a goodbye: `{code, words}`. */
  onLost = () => {};
  /** Longest time between two beats since it was asked for, for the network overlay. */
  lateness_ms = 0;
  /** When a message came last. */
  heardAt = performance.now();

  #module;
  #player;
  #link;
  #input;
  #ticker;
  #over = false;
  #beatDue = Infinity;

  /**
   * `seat` is the answer of `POST /api/join`; `pass` its ticket, or the token of a session that goes on; `input` puts the
   * player's intent into the module.
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

  /** What is to be seen now: the floats of a frame and the tick they show. */
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

  /** Sees what the player in a seat sees, as a spectator. */
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

  /** Cuts the link as a network would, for tests. */
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

  /** Makes what is due, and sets the next wake-up. */
  #beat() {
    if (this.#over) return;
    const now = performance.now();
    this.lateness_ms = Math.max(this.lateness_ms, now - this.#beatDue);
    this.#input.apply(this.#player);
    const made = this.#player.inputs_made();
    this.#player.advance(now);
    // What was pressed and let go between two ticks counts for one.
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
    // The goodbye may have come in the same breath.
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

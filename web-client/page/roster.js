// Who is in the room, as events tell.
//
// A player is `{player, name, opponent, …}`, where `player` is the seat, `opponent` says whether a computer plays, and what else
// is in it is the game's: it begins as the game's `newcomer`, and `update` changes it.

export class Roster {
  /** What the welcome said.
   * @type {{player: number, tick_hz: number, seats: number, interest_px: number, room: number, server: string} | null} */
  joined = null;
  /** Whether everyone who was here before is known: a room lists them before it says anything of the game. */
  isListed = false;
  /** Players whose chat is not shown: their names by seat. Others of the same name are heard, and so is who takes the seat next. */
  #muted = new Map();
  /** The room that `#muted` is about. */
  #mutedRoom = null;
  /** Whether this is of the past: whoever is in the middle is not who sits before the screen. */
  isRecorded = false;
  #players = new Map();
  #order;
  #newcomer;

  /**
   * `order(a, b)` compares two players, the one that is listed first before the other; `newcomer` is what the game knows of
   * somebody who has just come.
   */
  constructor(order, newcomer = {}) {
    this.#order = order;
    this.#newcomer = newcomer;
  }

  handleEvent(event) {
    switch (event.kind) {
      case 'joined':
        this.joined = event;
        if (event.room !== this.#mutedRoom) this.#muted.clear();
        this.#mutedRoom = event.room;
        this.#players.clear();
        this.isListed = false;
        break;
      case 'player':
        this.#players.set(event.player, { ...this.#newcomer, ...this.#same(event), ...event });
        if (this.#muted.has(event.player) && this.#muted.get(event.player) !== event.name) this.#muted.delete(event.player);
        break;
      case 'left':
        this.#players.delete(event.player);
        this.#muted.delete(event.player);
        break;
      case 'map':
      case 'chat':
        break;
      default:
        this.isListed = true;
    }
  }

  /** Changes what the game knows of a player. */
  update(seat, values) {
    const player = this.#players.get(seat);
    if (player) Object.assign(player, values);
  }

  /** What is known of one who is told again; of somebody else in the seat nothing is. */
  #same({ player, name, opponent }) {
    const known = this.#players.get(player);
    return known?.name === name && known.opponent === opponent ? known : {};
  }

  /** Forgets everyone. */
  clear() {
    this.joined = null;
    this.isListed = false;
    this.#players.clear();
  }

  get own() {
    return this.isRecorded ? undefined : this.#players.get(this.joined?.player);
  }

  isMuted(seat) {
    return this.#muted.has(seat);
  }

  /** Hears a player no more, or again. */
  mute(seat, muted) {
    const player = this.#players.get(seat);
    if (muted && player) this.#muted.set(seat, player.name);
    else this.#muted.delete(seat);
  }

  /**
   * The player in a seat.
   *
   * @param {number} seat
   * @returns {any}
   */
  player(seat) {
    return this.#players.get(seat);
  }

  name(seat) {
    return this.#players.get(seat)?.name ?? 'someone';
  }

  /**
   * Everyone, in the game's order.
   *
   * @returns {any[]}
   */
  ranked() {
    return [...this.#players.values()].sort(this.#order);
  }

  get size() {
    return this.#players.size;
  }
}

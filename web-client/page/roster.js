// The players in the room, kept up to date by events.
//
// A player is `{player, name, opponent, …}`, where `player` is the seat and `opponent` is true for a computer. The other fields are
// the game's: they begin as the game's `newcomer`, and `update` changes them.

export class Roster {
  /** The welcome, a `joined` event.
   * @type {{player: number, tick_hz: number, seats: number, interest_px: number, room: number, server: string} | null} */
  joined = null;
  /** True once all players who were in the room before are listed: the room sends them before the first event of the game. */
  isListed = false;
  /** Names of the muted players by seat. The name is compared, so the next player in the seat is not muted. */
  #muted = new Map();
  /** The room to which `#muted` belongs. */
  #mutedRoom = null;
  /** True for a recording: then `joined.player` is the player who is followed, and nobody is the own player. */
  isRecorded = false;
  #players = new Map();
  #order;
  #newcomer;

  /**
   * `order(a, b)` compares two players for sorting; `newcomer` has the game's first facts about a player who has just joined.
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

  /** Changes the game's facts about a player. */
  update(seat, values) {
    const player = this.#players.get(seat);
    if (player) Object.assign(player, values);
  }

  /** The known facts about a player whom the server lists again; none if another player has the seat now. */
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

  /** Mutes or unmutes a player. */
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

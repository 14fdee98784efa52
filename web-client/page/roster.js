// Who is in the room, as events tell.
//
// A player is the object of its event: `{player, name, opponent, …}`, where `player` is the seat, `opponent` says whether a
// computer plays, and what else is in it is the game's.

export class Roster {
  /** What the welcome said. */
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

  /** `order(a, b)` compares two players, the one that is listed first before the other. */
  constructor(order) {
    this.#order = order;
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
        this.#players.set(event.player, event);
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

  player(seat) {
    return this.#players.get(seat);
  }

  name(seat) {
    return this.#players.get(seat)?.name ?? 'someone';
  }

  /** Everyone, in the game's order. */
  ranked() {
    return [...this.#players.values()].sort(this.#order);
  }

  get size() {
    return this.#players.size;
  }
}

// Who plays, and where the match is, as events tell.

/** Phases of a match, as docs/protocol.md numbers them. */
export const WARM_UP = 0, RUNNING = 1, RESULTS = 2;

export class Roster {
  /** What the welcome said. */
  joined = null;
  match = null;
  /** Players whose chat is not shown: their names by seat. Others of the same name are heard, and so is who takes the seat next. */
  #muted = new Map();
  /** The room that `#muted` is about. */
  #mutedRoom = null;
  /** Whether this is of the past: whoever is in the middle is not who sits before the screen. */
  recorded = false;
  #players = new Map();

  handleEvent(event) {
    switch (event.kind) {
      case 'joined':
        this.joined = event;
        if (event.room !== this.#mutedRoom) this.#muted.clear();
        this.#mutedRoom = event.room;
        this.#players.clear();
        this.match = null;
        break;
      case 'player':
        this.#players.set(event.player, event);
        if (this.#muted.has(event.player) && this.#muted.get(event.player) !== event.name) this.#muted.delete(event.player);
        break;
      case 'left':
        this.#players.delete(event.player);
        this.#muted.delete(event.player);
        break;
      case 'match':
        this.match = event;
        break;
    }
  }

  /** Forgets everyone. */
  clear() {
    this.joined = this.match = null;
    this.#players.clear();
  }

  get own() {
    return this.recorded ? undefined : this.#players.get(this.joined?.player);
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

  /** The best first. */
  ranked() {
    return [...this.#players.values()].sort((a, b) => b.score - a.score || a.deaths - b.deaths || a.player - b.player);
  }

  get size() {
    return this.#players.size;
  }

  /** Seconds until the phase ends at the latest, or null when it has no end. */
  secondsLeft(tick) {
    if (this.match?.ends == null || !this.joined) return null;
    return Math.max(0, (this.match.ends - tick) / this.joined.tick_hz);
  }
}

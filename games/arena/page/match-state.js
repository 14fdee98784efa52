// Where the match is, as events tell.

/** Phases of a match, as docs/protocol.md numbers them. */
export const WARM_UP = 0, RUNNING = 1, RESULTS = 2;

export class MatchState {
  /** The newest `match` event: `{team_mode, phase, ends, score_limit, team_scores}`. */
  now = null;

  /** Takes in an event; true when another phase has begun. */
  handleEvent(event) {
    if (event.kind === 'joined') this.now = null;
    if (event.kind !== 'match') return false;
    const before = this.now?.phase;
    this.now = event;
    return before !== undefined && before !== event.phase;
  }

  get phase() {
    return this.now?.phase;
  }

  clear() {
    this.now = null;
  }

  /** Seconds until the phase ends at the latest, or null when it has no end; `joined` is the welcome. */
  secondsLeft(tick, joined) {
    if (this.now?.ends == null || !joined) return null;
    return Math.max(0, (this.now.ends - tick) / joined.tick_hz);
  }
}

// The state of the match, from the `match` events.

/** Phases of a match. */
export const WARM_UP = 'warm_up', RUNNING = 'running', RESULTS = 'results';
/** End tick of a phase without an end. */
const NEVER = 0xffff_ffff;

export class MatchState {
  /** The newest `match` event: `{mode, phase, ends, score_limit, team_scores}`. */
  now = null;

  /** Handles an event. Returns true if another phase has begun. */
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

  /** True in a match of two teams. */
  get isOfTeams() {
    return this.now?.mode === 'team_deathmatch';
  }

  clear() {
    this.now = null;
  }

  /** Seconds until the latest end of the phase, or null if it has none. `joined` is the welcome. */
  secondsLeft(tick, joined) {
    if (!this.now || this.now.ends === NEVER || !joined) return null;
    return Math.max(0, (this.now.ends - tick) / joined.tick_hz);
  }
}

// Where the match is, as events tell.

/** Phases of a match. */
export const WARM_UP = 'warm_up', RUNNING = 'running', RESULTS = 'results';
/** When a phase without an end ends. */
const NEVER = 0xffff_ffff;

export class MatchState {
  /** The newest `match` event: `{mode, phase, ends, score_limit, team_scores}`. */
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

  /** Whether two sides play. */
  get isOfTeams() {
    return this.now?.mode === 'team_deathmatch';
  }

  clear() {
    this.now = null;
  }

  /** Seconds until the phase ends at the latest, or null when it has no end; `joined` is the welcome. */
  secondsLeft(tick, joined) {
    if (!this.now || this.now.ends === NEVER || !joined) return null;
    return Math.max(0, (this.now.ends - tick) / joined.tick_hz);
  }
}

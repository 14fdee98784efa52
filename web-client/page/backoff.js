// How long to wait before trying again: twice as long each time, and never all at once after a server's restart.

/** Milliseconds before attempt number `attempt`, counted from 0; `chance` is 0 to 1. */
export function delayBefore(attempt, chance = Math.random()) {
  const whole = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return whole / 2 + (whole / 2) * chance;
}

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

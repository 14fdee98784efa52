// Delays before new attempts: twice as long each time, with a random part, so that the clients of a server that restarts do not all come at once.

/**
 * Milliseconds before attempt number `attempt`, counted from 0, to resume a session whose seat is kept for some seconds. The first attempt
 * is made at once, and the others are more frequent than those of `delayBefore`.
 */
export function delayBeforeResume(attempt, chance = Math.random()) {
  if (attempt === 0) return 0;
  const whole = Math.min(FIRST_RESUME_MS * 2 ** (attempt - 1), LONGEST_RESUME_MS);
  return whole / 2 + (whole / 2) * chance;
}

/** Milliseconds before attempt number `attempt`, counted from 0, to join. `chance` is a random number from 0 to 1. */
export function delayBefore(attempt, chance = Math.random()) {
  const whole = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return whole / 2 + (whole / 2) * chance;
}

const FIRST_RESUME_MS = 250;
const LONGEST_RESUME_MS = 2_000;
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

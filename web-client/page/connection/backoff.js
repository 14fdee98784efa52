// How long to wait before trying again: twice as long each time, and never all at once after a server's restart.

/**
 * Milliseconds before attempt number `attempt`, counted from 0, to come back to a seat that is kept for some seconds: at
 * once, and then more often than a newcomer.
 */
export function delayBeforeResume(attempt, chance = Math.random()) {
  if (attempt === 0) return 0;
  const whole = Math.min(FIRST_RESUME_MS * 2 ** (attempt - 1), LONGEST_RESUME_MS);
  return whole / 2 + (whole / 2) * chance;
}

/** Milliseconds before attempt number `attempt`, counted from 0; `chance` is 0 to 1. */
export function delayBefore(attempt, chance = Math.random()) {
  const whole = Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
  return whole / 2 + (whole / 2) * chance;
}

const FIRST_RESUME_MS = 250;
const LONGEST_RESUME_MS = 2_000;
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

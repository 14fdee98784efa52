// What the page remembers between visits, where the browser lets it.

const PREFIX = 'ricochet.';

/** A remembered value, or `fallback`. */
export function remembered(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remembers a value. A browser that forbids it simply forgets. */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* Private windows may refuse. */ }
}

const motion = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)');

/** Whether the player asked the system for less motion. */
export function reducedMotion() {
  return motion?.matches ?? false;
}

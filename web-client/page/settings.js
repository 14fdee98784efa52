// Settings that the page remembers between visits, if the browser allows it.

const PREFIX = 'ricochet.';

/** Returns the remembered value of a name, or `fallback`. */
export function remembered(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name)) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Remembers a value. Does nothing if the browser forbids it. */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch { /* Private windows may refuse. */ }
}

const motion = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)');

/** Returns true if the system is set to reduced motion. */
export function reducedMotion() {
  return motion?.matches ?? false;
}

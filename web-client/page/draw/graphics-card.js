// Whether the browser draws with a graphics card, or with the processor alone.

/** @type {boolean | undefined} */
let known;

/** Asked once: the answer does not change while the page is open. */
export function hasGraphicsCard() {
  known ??= asked();
  return known;
}

function asked() {
  // Browsers refuse this context where the processor would have to stand in for the card.
  const context = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true });
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}

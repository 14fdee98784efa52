// Finds out if the browser draws with a graphics card or with the processor alone.

/** Names of software renderers: Chrome's, Mesa's two, Apple's and Windows'. */
const STAND_INS = /SwiftShader|llvmpipe|softpipe|Software|Basic Render/i;

/** @type {boolean | undefined} */
let known;

/** Returns true if there is a card. It is checked once, because the answer does not change while the page is open. */
export function hasGraphicsCard() {
  known ??= asked();
  return known;
}

function asked() {
  // Without a card some browsers give no context, and others name a software renderer.
  const context = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !STAND_INS.test(renderer);
}

// Whether the browser draws with a graphics card, or with the processor alone.

/** Names of programs that stand in for a card: Chrome's, Mesa's two, Apple's and Windows'. */
const STAND_INS = /SwiftShader|llvmpipe|softpipe|Software|Basic Render/i;

/** @type {boolean | undefined} */
let known;

/** Asked once: the answer does not change while the page is open. */
export function hasGraphicsCard() {
  known ??= asked();
  return known;
}

function asked() {
  // Some browsers give no context where there is no card, others say who stands in for it.
  const context = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true });
  if (!context) return false;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !STAND_INS.test(renderer);
}

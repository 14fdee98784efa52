// The WebAssembly module that shows recordings: loaded when the first one is.

import init, { Replay, layout } from '../web_replay.js';
import { useLayout } from '../wasm.js';

let memory;

export async function loadModule() {
  ({ memory } = await init());
  useLayout(layout());
}

/** The floats of a replay's frame; good until the module is called again. */
export function frameOf(replay) {
  return new Float32Array(memory.buffer, replay.frame_pointer(), replay.frame_length());
}

export { Replay };

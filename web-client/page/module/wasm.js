// The WebAssembly module: loaded once, with the layout of its frames.

import init, { Player, layout as layoutText, protocol_version } from './web_client.js';

/** Index of each field within its record, by record and name; and how many floats a record takes. */
export const layout = {};
export const stride = {};

let memory;

let loading;

/** Loads the module, once; everything else waits for it. */
export function loadModule() {
  return loading ??= load();
}

async function load() {
  const exports = await init();
  memory = exports.memory;
  useLayout(layoutText());
}

/** Learns what the floats of frames mean. */
export function useLayout(text) {
  for (const [record, fields] of Object.entries(JSON.parse(text))) {
    layout[record] = Object.fromEntries(fields.map((field, index) => [field, index]));
    stride[record] = fields.length;
  }
}

/** The floats of a player's frame; good until the module is called again. */
export function frameOf(player) {
  return new Float32Array(memory.buffer, player.frame_pointer(), player.frame_length());
}

export { Player, protocol_version };

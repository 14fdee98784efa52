// A game's WebAssembly module: loaded once, with the layout of its frames.

import { useLayout } from './layout.js';

export class Module {
  /** What wasm-bindgen made for the module: its exports, once it is loaded. */
  glue;
  #memory;
  #loading;

  /** `glue` is the script that wasm-bindgen makes. */
  constructor(glue) {
    this.glue = glue;
  }

  /** Loads the module, once; everything else waits for it. */
  load() {
    return this.#loading ??= this.#load();
  }

  /** The floats of the frame of a player or a replay; good until the module is called again. */
  frameOf(source) {
    return new Float32Array(this.#memory.buffer, source.frame_pointer(), source.frame_length());
  }

  async #load() {
    const { memory } = await this.glue.default();
    this.#memory = memory;
    useLayout(this.glue.layout());
  }
}

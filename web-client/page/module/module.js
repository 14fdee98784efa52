// A game's WebAssembly module: loaded once, with the layout of its frames.

import { useLayout } from './layout.js';

export class Module {
  /** The script that wasm-bindgen made for the module. It has the module's exports once the module is loaded. */
  glue;
  #memory;
  #loading;

  /** `glue` is the script that wasm-bindgen makes. */
  constructor(glue) {
    this.glue = glue;
  }

  /** Loads the module once. Nothing else may be called before it has ended. */
  load() {
    return this.#loading ??= this.#load();
  }

  /** The floats of the frame of a player or a replay. They are valid until the next call of the module. */
  frameOf(source) {
    return new Float32Array(this.#memory.buffer, source.frame_pointer(), source.frame_length());
  }

  async #load() {
    const { memory } = await this.glue.default();
    this.#memory = memory;
    useLayout(this.glue.layout());
  }
}

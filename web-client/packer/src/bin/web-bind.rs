//! Makes the script and the types of WebAssembly modules: `web-bind OUT MODULE.wasm …`, for packages of npm.
//!
//! ```text
//! MODULE.wasm -> wasm-bindgen -> OUT/MODULE.js, OUT/MODULE.d.ts, OUT/MODULE_bg.wasm
//! ```

use std::path::Path;

use anyhow::{Context, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, modules @ ..] = arguments.as_slice() else { bail!("web-bind OUT MODULE.wasm …") };
    for module in modules {
        let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
        bindgen.input_path(Path::new(module)).web(true)?.typescript(true).omit_default_module_path(false);
        bindgen.generate(out).with_context(|| format!("wasm-bindgen on {module}"))?;
    }
    Ok(())
}

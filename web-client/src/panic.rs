//! A panic would reach the page as a bare "unreachable": this tells the console what it was.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
fn start() {
    if cfg!(target_arch = "wasm32") {
        std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
    }
}

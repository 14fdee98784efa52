//! Lists the files of the games' pages, `assets/web/NAME/`, for `src/main.rs` to embed: one `NAME.rs` for each page.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../assets/web");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    println!("cargo::rerun-if-changed={}", root.display());
    for entry in fs::read_dir(&root).expect("assets/web is next to the server's folder") {
        let packed = entry.expect("assets/web can be read").path();
        let name = packed.file_name().map(Path::new).expect("an entry of a folder has a name");
        let listing = page_build::listing(&packed);
        fs::write(out.join(name).with_extension("rs"), listing).expect("cargo's folder can be written");
    }
}

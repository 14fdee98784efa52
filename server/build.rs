//! Lists the files of the arena's page, `assets/web/`, for `src/main.rs` to embed.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../assets/web");
    let root = root.canonicalize().expect("assets/web lies beside the server");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut paths = Vec::new();
    collect(&root, &root, &mut paths);
    paths.sort();
    let entries: String = paths
        .iter()
        .map(|path| {
            let file = root.join(path);
            format!("    ({path:?}, include_bytes!(\"{0}.br\"), include_bytes!(\"{0}.gz\")),\n", file.display())
        })
        .collect();
    let manifest = fs::read_to_string(root.join("manifest.json")).expect("the page has its manifest");
    let build = manifest.split("\"build\": \"").nth(1).and_then(|rest| rest.split('"').next());
    let build = build.expect("the manifest names the build");
    let page = format!("server::games::PackedPage::new({build:?}, &[\n{entries}])\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("page.rs"), page).expect("cargo's folder can be written");
}

/// Paths of the files that are there as brotli, without that ending.
fn collect(root: &Path, folder: &Path, paths: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the page's folder can be read") {
        let path = entry.expect("the page's folder can be read").path();
        if path.is_dir() {
            collect(root, &path, paths);
        } else if let Some(name) = path.to_str().and_then(|path| path.strip_suffix(".br")) {
            let name = Path::new(name).strip_prefix(root).expect("it was found below the root");
            paths.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
}

//! Lists the files of a packed page as an expression of Rust.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A packed page as a `server::games::PackedPage`, for `include!`. `packed` is a folder that `web-packer` has written.
///
/// # Panics
/// The folder holds no packed page.
pub fn listing(packed: &Path) -> String {
    let packed = packed.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", packed.display()));
    let manifest = fs::read_to_string(packed.join("manifest.json"));
    let manifest = manifest.unwrap_or_else(|error| panic!("no page is packed in {}: {error}", packed.display()));
    let mut paths = Vec::new();
    collect(&packed, &mut paths);
    paths.sort();
    let entry = |path: &PathBuf| {
        let name =
            path.strip_prefix(&packed).expect("it was found below the folder").to_string_lossy().replace('\\', "/");
        let file = path.to_string_lossy();
        format!(
            "    ({name:?}, include_bytes!({:?}), include_bytes!({:?})),\n",
            format!("{file}.br"),
            format!("{file}.gz")
        )
    };
    let entries: String = paths.iter().map(entry).collect();
    let (build, import_map) = (value(&manifest, "build"), value(&manifest, "import_map"));
    format!("server::games::PackedPage::new({build:?}, &[\n{entries}]).with_import_map({import_map:?})\n")
}

/// A text of the manifest.
fn value<'a>(manifest: &'a str, name: &str) -> &'a str {
    let value = manifest.split(&format!("\"{name}\": \"")).nth(1).and_then(|rest| rest.split('"').next());
    value.unwrap_or_else(|| panic!("the page's manifest has no {name}: pack the page again"))
}

/// Paths of the files that are there as brotli, without that ending.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the page's folder can be read") {
        let path = entry.expect("the page's folder can be read").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if let Some(name) = path.to_str().and_then(|path| path.strip_suffix(".br")) {
            paths.push(name.into());
        }
    }
}

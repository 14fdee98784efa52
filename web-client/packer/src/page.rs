//! The files of a page, by the paths under which they are served.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{index, pack::Effort};

/// Files by their path below `/web/BUILD/`, with slashes.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Where the two halves are below `/web/BUILD/`.
pub(crate) const ENGINE: &str = "engine";
pub(crate) const GAME: &str = "game";
/// The folder of the engine's half that only a page in development has.
pub(crate) const DEV: &str = "dev";
/// Hexadecimal digits of a hash: it names the page's folder, and no two builds of one server are to share it.
const HASH_DIGITS: usize = 16;

/// See the module.
pub(crate) struct Page {
    /// The game's `index.html`, as it was written.
    index: String,
    /// Parts of it that every game has, by name.
    parts: BTreeMap<String, String>,
    files: Files,
}

impl Page {
    /// Reads both halves.
    pub(crate) fn read(engine: &Path, game: &Path, effort: Effort) -> Result<Self> {
        let mut files = Files::new();
        collect(engine, ENGINE, &mut files)?;
        collect(game, GAME, &mut files)?;
        let index = files.remove(&format!("{GAME}/index.html"));
        let index = index.with_context(|| format!("{} has no index.html", game.display()))?;
        let parts = take_parts(&mut files)?;
        if effort != Effort::Dev {
            files.retain(|path, _| !path.starts_with(&format!("{ENGINE}/{DEV}/")));
        }
        Ok(Self { index: String::from_utf8(index).context("index.html is no UTF-8")?, parts, files })
    }

    /// Adds a module and its glue.
    pub(crate) fn bind(&mut self, module: &Path, effort: Effort) -> Result<()> {
        let folder = module.with_extension("bound");
        if effort != Effort::Dev || !is_bound(&folder, module) {
            let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
            bindgen.input_path(module).web(true)?.typescript(false).omit_default_module_path(false);
            bindgen.generate(&folder).context("wasm-bindgen")?;
        }
        let stem = module.file_stem().and_then(|stem| stem.to_str()).context("a module without a name")?;
        for name in [format!("{stem}.js"), format!("{stem}_bg.wasm")] {
            let bytes = fs::read(folder.join(&name)).with_context(|| name.clone())?;
            self.files.insert(name, bytes);
        }
        Ok(())
    }

    /// A hash of everything that is packed, and of how well.
    pub(crate) fn hash(&self, effort: Effort) -> String {
        let texts = self.parts.iter().map(|(name, text)| (name, text.as_bytes()));
        let files = self.files.iter().map(|(path, bytes)| (path, bytes.as_slice()));
        let mut hash = Sha256::new();
        hash.update(format!("{effort:?} {}\n{}", self.index.len(), self.index));
        for (path, bytes) in texts.chain(files) {
            // Lengths keep the end of one file apart from the beginning of the next.
            hash.update(format!("{path} {}\n", bytes.len()));
            hash.update(bytes);
        }
        let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        digest[..HASH_DIGITS].to_owned()
    }

    /// All files, `index.html` too, and what a Content-Security-Policy calls the import map in it.
    pub(crate) fn finish(self, build: &str) -> Result<(Files, String)> {
        let Self { index, parts, mut files } = self;
        let import_map = index::import_map(build, &files);
        let index = index::finish(&index, &parts, &files, build, &import_map)?;
        files.insert("index.html".into(), index.into_bytes());
        Ok((files, index::policy_hash(&import_map)))
    }
}

/// True if the glue of a module is newer than the module.
fn is_bound(folder: &Path, module: &Path) -> bool {
    let changed = |path: &Path| fs::metadata(path)?.modified();
    let stem = module.file_stem().unwrap_or_default().to_string_lossy();
    let bound = changed(&folder.join(format!("{stem}.js"))).and_then(|js| {
        let wasm = changed(&folder.join(format!("{stem}_bg.wasm")))?;
        Ok(js.min(wasm) > changed(module)?)
    });
    bound.unwrap_or(false)
}

/// Everything below `folder` but tests, under the path `as_path`.
fn collect(folder: &Path, as_path: &str, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path: PathBuf = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).context("a name that is no UTF-8")?;
        // Files of editors and package managers are no part of the page.
        if name == "tests" || name == "node_modules" || name.starts_with('.') {
            continue;
        }
        let as_path = format!("{as_path}/{name}");
        if path.is_dir() {
            collect(&path, &as_path, files)?;
        } else {
            files.insert(as_path, fs::read(&path)?);
        }
    }
    Ok(())
}

/// Parts of the page that every game has, by name: they go into `index.html` and are no files of their own.
fn take_parts(files: &mut Files) -> Result<BTreeMap<String, String>> {
    let folder = format!("{ENGINE}/html/");
    let paths: Vec<String> = files.keys().filter(|path| path.starts_with(&folder)).cloned().collect();
    let mut parts = BTreeMap::new();
    for path in paths {
        let bytes = files.remove(&path).unwrap_or_default();
        let name = path[folder.len()..].trim_end_matches(".html").to_owned();
        parts.insert(name, String::from_utf8(bytes).with_context(|| path.clone())?);
    }
    Ok(parts)
}

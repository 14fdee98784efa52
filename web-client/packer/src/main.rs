//! Makes the files that the server embeds: `web-packer BUILD OUT ENGINE GAME MODULE.wasm …`, in the repository's root.
//!
//! ```text
//! MODULE.wasm -> wasm-bindgen -> MODULE.js, MODULE_bg.wasm ─────────────┐
//! ENGINE/**, GAME/**  under their own paths ────────────────────────────┼> OUT/FILE.br, OUT/FILE.gz, OUT/manifest.json
//! GAME/index.html  with ENGINE/html/*.html, BUILD, and what is preloaded ┘
//! ```
//!
//! Everything but `index.html` is served below `/web/BUILD/`, so that a browser may keep it for ever. Files keep their paths of
//! the repository there: a game's script imports the engine's by the same relative path in a browser, in Node and in an editor.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// Files by their path below `/web/BUILD/`, with slashes.
type Files = BTreeMap<String, Vec<u8>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [build, out, engine, game, modules @ ..] = arguments.as_slice() else {
        anyhow::bail!("web-packer BUILD OUT ENGINE GAME MODULE.wasm …");
    };
    let out = PathBuf::from(out);
    let mut files = Files::new();
    for page in [engine, game] {
        collect(Path::new(page), &mut files)?;
    }
    for module in modules {
        bind(Path::new(module), &mut files)?;
    }
    let index = files.remove(&format!("{game}/index.html")).context("the game has no index.html")?;
    let parts = take_parts(engine, &mut files)?;
    let index = with_parts(std::str::from_utf8(&index)?, &parts)?;
    let index =
        index.replace("%ENGINE%", &format!("/web/{build}/{engine}")).replace("%GAME%", &format!("/web/{build}/{game}"));
    files.insert("index.html".into(), with_preloads(&index, build, &files)?.into_bytes());
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot clear {}", out.display()))?;
    }
    let mut manifest = format!("{{\n  \"build\": \"{build}\",\n  \"files\": [\n");
    let mut total = [0; 3];
    for (index, (path, bytes)) in files.iter().enumerate() {
        let (br, gz) = (brotli(bytes)?, gzip(bytes)?);
        let sizes = [bytes.len(), br.len(), gz.len()];
        write(&out, &format!("{path}.br"), &br)?;
        write(&out, &format!("{path}.gz"), &gz)?;
        let [whole, br, gz] = sizes;
        let comma = if index + 1 < files.len() { "," } else { "" };
        writeln!(
            manifest,
            "    {{ \"path\": \"{path}\", \"bytes\": {whole}, \"brotli\": {br}, \"gzip\": {gz} }}{comma}"
        )?;
        for (total, size) in total.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    manifest.push_str("  ]\n}\n");
    write(&out, "manifest.json", manifest.as_bytes())?;
    println!("{} files: {} bytes, {} as brotli, {} as gzip", files.len(), total[0], total[1], total[2]);
    Ok(())
}

/// Everything below `folder` but tests.
fn collect(folder: &Path, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            let name = path.to_str().context("a name that is no UTF-8")?.replace('\\', "/");
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

/// Makes the module and its glue.
fn bind(module: &Path, files: &mut Files) -> Result<()> {
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    bindgen.input_path(module).web(true)?.typescript(false).omit_default_module_path(false);
    let folder = module.with_extension("bound");
    bindgen.generate(&folder).context("wasm-bindgen")?;
    let stem = module.file_stem().and_then(|stem| stem.to_str()).context("a module without a name")?;
    for name in [format!("{stem}.js"), format!("{stem}_bg.wasm")] {
        let bytes = fs::read(folder.join(&name)).with_context(|| name.clone())?;
        files.insert(name, bytes);
    }
    Ok(())
}

/// Parts of the page that every game has, by name: they go into `index.html` and not beside it.
fn take_parts(engine: &str, files: &mut Files) -> Result<BTreeMap<String, String>> {
    let folder = format!("{engine}/html/");
    let paths: Vec<String> = files.keys().filter(|path| path.starts_with(&folder)).cloned().collect();
    let mut parts = BTreeMap::new();
    for path in paths {
        let bytes = files.remove(&path).unwrap_or_default();
        let name = path[folder.len()..].trim_end_matches(".html").to_owned();
        parts.insert(name, String::from_utf8(bytes).with_context(|| path.clone())?);
    }
    Ok(parts)
}

/// Puts the engine's parts where the game's page names them, a line `<!-- engine: NAME -->` each.
fn with_parts(index: &str, parts: &BTreeMap<String, String>) -> Result<String> {
    let mut whole = String::new();
    for line in index.lines() {
        let name = line.trim().strip_prefix("<!-- engine: ").and_then(|rest| rest.strip_suffix(" -->"));
        match name {
            Some(name) => whole.push_str(parts.get(name).with_context(|| format!("the engine has no part {name}"))?),
            None => writeln!(whole, "{line}")?,
        }
    }
    Ok(whole)
}

/// Has the browser fetch every module and the WebAssembly at once instead of one behind the other.
fn with_preloads(index: &str, build: &str, files: &Files) -> Result<String> {
    const PLACE: &str = "<!-- preloads -->";
    ensure!(index.contains(PLACE), "index.html has no place for preloads");
    let mut preloads = String::new();
    for path in files.keys().filter(|path| !LATER.iter().any(|part| path.contains(part))) {
        let link = match path.rsplit_once('.').map(|(_, ending)| ending) {
            // A worker's script is fetched when the worker starts.
            Some("js") if !path.ends_with("worker.js") => "rel=\"modulepreload\"",
            Some("wasm") => "rel=\"preload\" as=\"fetch\" crossorigin",
            Some("woff2") => "rel=\"preload\" as=\"font\" crossorigin",
            _ => continue,
        };
        write!(preloads, "<link {link} href=\"/web/{build}/{path}\">")?;
    }
    Ok(index.replace(PLACE, &preloads))
}

/// Parts of paths that only those load who watch a recording.
const LATER: &[&str] = &["/replay/", "web_replay"];

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let path = out.join(path);
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

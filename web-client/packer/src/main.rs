//! Makes the files that the server embeds: `web-packer PAGE BUILD OUT MODULE.wasm …`.
//!
//! ```text
//! MODULE.wasm -> wasm-bindgen -> MODULE.js, MODULE_bg.wasm ┐
//! PAGE/**  (BUILD named in index.html, files preloaded) ───┴> OUT/FILE.br, OUT/FILE.gz, OUT/manifest.json
//! ```
//!
//! Everything but `index.html` is served below `/web/BUILD/`, so that a browser may keep it for ever.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// Files by their path below the page, with slashes.
type Files = BTreeMap<String, Vec<u8>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [page, build, out, modules @ ..] = arguments.as_slice() else {
        anyhow::bail!("web-packer PAGE BUILD OUT MODULE.wasm …");
    };
    let (page, out) = (Path::new(page), PathBuf::from(out));
    let mut files = Files::new();
    collect(page, page, &mut files)?;
    for module in modules {
        bind(Path::new(module), &mut files)?;
    }
    let index = files.get("index.html").context("the page has no index.html")?;
    let index = finished_index(std::str::from_utf8(index)?, build, &files)?;
    files.insert("index.html".into(), index.into_bytes());
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

/// Everything below `folder`.
fn collect(page: &Path, folder: &Path, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(page, &path, files)?;
        } else {
            let name = path.strip_prefix(page)?.to_str().context("a name that is no UTF-8")?.replace('\\', "/");
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

/// Names the build, and has the browser fetch every module and the WebAssembly at once instead of one behind the other.
fn finished_index(index: &str, build: &str, files: &Files) -> Result<String> {
    const PLACE: &str = "<!-- preloads -->";
    ensure!(index.contains(PLACE), "index.html has no place for preloads");
    let mut preloads = String::new();
    for path in files.keys().filter(|path| !LATER.iter().any(|start| path.starts_with(start))) {
        let link = match path.rsplit_once('.').map(|(_, ending)| ending) {
            // A worker's script is fetched when the worker starts.
            Some("js") if !path.ends_with("worker.js") => "rel=\"modulepreload\"",
            Some("wasm") => "rel=\"preload\" as=\"fetch\" crossorigin",
            Some("woff2") => "rel=\"preload\" as=\"font\" crossorigin",
            _ => continue,
        };
        write!(preloads, "<link {link} href=\"/web/{build}/{path}\">")?;
    }
    Ok(index.replace(PLACE, &preloads).replace("%BUILD%", build))
}

/// Beginnings of paths that only those load who watch a recording.
const LATER: &[&str] = &["replay/", "web_replay"];

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

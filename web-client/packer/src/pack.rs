//! Writes files compressed, and the manifest that lists them.

use std::{fmt::Write as _, fs, io::Write as _, path::Path};

use anyhow::{Context, Result};

use crate::page::Files;

/// How much time may be spent for smaller files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// For a game that is being changed while it is played: as fast, and with what loads the page again.
    Dev,
    /// For a debug build: a second.
    Fast,
    /// For what players get: half a minute.
    Best,
}

/// The manifest of all files.
pub(crate) struct Manifest<'a> {
    pub(crate) build: &'a str,
    /// A hash of what was packed.
    pub(crate) content: &'a str,
    /// The hash by which a Content-Security-Policy allows the import map.
    pub(crate) import_map: &'a str,
}

/// Returns true if a folder holds this build already.
pub(crate) fn is_packed(out: &Path, build: &str, content: &str) -> bool {
    let manifest = fs::read_to_string(out.join("manifest.json")).unwrap_or_default();
    [("build", build), ("content", content)].iter().all(|(name, value)| manifest.contains(&line(name, value)))
}

/// Writes `out`, in place of what is there.
pub(crate) fn pack(files: &Files, out: &Path, manifest: &Manifest<'_>, effort: Effort) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot clear {}", out.display()))?;
    }
    let Manifest { build, content, import_map } = manifest;
    let head: String = [("build", build), ("content", content), ("import_map", import_map)]
        .map(|(name, value)| line(name, value))
        .concat();
    let mut manifest = format!("{{\n{head}  \"files\": [\n");
    let mut total = [0; 3];
    for (index, (path, bytes)) in files.iter().enumerate() {
        let (br, gz) = (brotli(bytes, effort)?, gzip(bytes, effort)?);
        let sizes = [bytes.len(), br.len(), gz.len()];
        write(out, &format!("{path}.br"), &br)?;
        write(out, &format!("{path}.gz"), &gz)?;
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
    // Last: a folder that was left half made counts as not packed.
    write(out, "manifest.json", manifest.as_bytes())?;
    println!("{} files: {} bytes, {} as brotli, {} as gzip", files.len(), total[0], total[1], total[2]);
    Ok(())
}

fn line(name: &str, value: &str) -> String {
    format!("  \"{name}\": \"{value}\",\n")
}

fn brotli(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = match effort {
        Effort::Best => 11,
        Effort::Fast => 4,
        Effort::Dev => 1,
    };
    let mut out = Vec::new();
    let parameters =
        brotli::enc::BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &*bytes, &mut out, &parameters)?;
    Ok(out)
}

fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = if effort == Effort::Best { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn write(out: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let path = out.join(path);
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

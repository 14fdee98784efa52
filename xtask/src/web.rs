//! `cargo xtask web`: builds the page that the server embeds; with `--check`, says whether it is up to date.
//!
//! Up to date means: made from these sources. The bytes are not compared, since two compilers of one version need not
//! make the same ones; the manifest in `assets/web/` holds a hash of everything that goes in.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use sha2::{Digest, Sha256};

use crate::{
    process::{cargo, run},
    wasm, workspace,
};

#[derive(Args)]
pub(crate) struct Options {
    /// Only says whether assets/web is made from the present sources
    #[arg(long)]
    check: bool,
}

/// Where the finished page lies.
const OUT: &str = "assets/web";
/// The half of the page that every game has, and the game's.
const ENGINE: &str = "web-client/page";
const GAME: &str = "games/arena/page";
/// Files that go into the page, as beginnings of paths; what only native programs or tests use does not.
const SOURCES: &[&str] = &[
    "web-client/src/",
    "web-client/page/",
    "games/arena/page/",
    "web-client/packer/",
    "web-client/Cargo.toml",
    "client/src/",
    "room/src/record/",
    "room/src/play.rs",
    "room/src/roster.rs",
    "shared/src/",
    "shared/derive/src/",
    "games/arena/src/",
    "games/arena/web/",
];
const NOT_SOURCES: &[&str] = &["client/src/native/", "games/arena/page/tests/"];
/// The modules of the page, by the feature each is built with: whoever plays does not load what shows recordings.
const MODULES: &[(&str, &str)] = &[("play", "web_client"), ("replay", "web_replay")];
/// Hexadecimal digits of the hash: it names the page's folder, and no two builds of one server are to share it.
const BUILD_DIGITS: usize = 16;

/// Builds the page, or checks it.
///
/// # Errors
/// A compiler is missing, something does not build, or the page is stale.
pub(crate) fn web(options: &Options) -> Result<()> {
    if options.check { check() } else { build() }
}

/// Whether the committed page is the one of the present sources.
///
/// # Errors
/// It is not.
pub(crate) fn check() -> Result<()> {
    let manifest = fs::read_to_string(workspace::root().join(OUT).join("manifest.json"))
        .context("the page is not built: cargo xtask web")?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let wanted = source_hash()?;
    ensure!(
        manifest["build"].as_str() == Some(wanted.as_str()),
        "{OUT} is stale: it was made from other sources than these ({} instead of {wanted}); run cargo xtask web and \
         commit what it writes",
        manifest["build"],
    );
    for file in manifest["files"].as_array().into_iter().flatten() {
        for (ending, size) in [("br", &file["brotli"]), ("gz", &file["gzip"])] {
            let name = format!("{OUT}/{}.{ending}", file["path"].as_str().unwrap_or_default());
            let found = fs::metadata(workspace::root().join(&name)).map(|metadata| metadata.len()).ok();
            ensure!(found.is_some() && found == size.as_u64(), "{name} is not what the manifest says: cargo xtask web");
        }
    }
    println!("{OUT} is made from these sources ({wanted})");
    Ok(())
}

fn build() -> Result<()> {
    same_wasm_bindgen()?;
    let hash = source_hash()?;
    let target_dir = workspace::target_dir().join("packer");
    fs::create_dir_all(&target_dir).with_context(|| format!("cannot make {}", target_dir.display()))?;
    let mut modules = Vec::new();
    for (feature, name) in MODULES {
        let built = wasm::build(&["arena-web"], Some(feature), "web")?.join("arena_web.wasm");
        // The next build writes to the same place.
        let module = target_dir.join(format!("{name}.wasm"));
        fs::copy(&built, &module).with_context(|| format!("cannot copy {}", built.display()))?;
        modules.push(module);
    }
    let mut packer = cargo(&["run", "--locked", "--quiet", "--manifest-path=web-client/packer/Cargo.toml"]);
    packer.arg(format!("--target-dir={}", target_dir.display())).arg("--");
    packer.args([&hash, OUT, ENGINE, GAME]).args(modules);
    run(&mut packer)
}

/// A hash over every file that goes into the page, and over what it is compiled from besides.
fn source_hash() -> Result<String> {
    let mut hash = Sha256::new();
    let mut files: Vec<String> = workspace::files()?.into_iter().filter(|path| is_source(path)).collect();
    files.sort();
    for path in files {
        let bytes = fs::read(workspace::root().join(&path)).with_context(|| format!("cannot read {path}"))?;
        // Lengths keep what ends one file from beginning the next.
        hash.update(format!("{path} {}\n", bytes.len()));
        hash.update(bytes);
    }
    hash.update(dependencies()?);
    hash.update(profile()?);
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digest[..BUILD_DIGITS].to_owned())
}

fn is_source(path: &str) -> bool {
    SOURCES.iter().any(|start| path.starts_with(start)) && !NOT_SOURCES.iter().any(|start| path.starts_with(start))
}

/// Names and versions of what the module is compiled from.
fn dependencies() -> Result<String> {
    let line = ["tree", "--locked", "--package=arena-web", "--edges=normal,build", "--prefix=none", "--format={p}"];
    let output = cargo(&line).output().context("cannot start cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim());
    let tree = String::from_utf8(output.stdout)?;
    // What follows name and version is a path of this machine.
    let mut packages: Vec<String> =
        tree.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    packages.sort();
    packages.dedup();
    Ok(packages.join("\n"))
}

/// How it is compiled.
fn profile() -> Result<String> {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml"))?;
    let (_, profile) = manifest.split_once("[profile.web]").context("Cargo.toml has no profile for the page")?;
    Ok(profile.split("\n[").next().unwrap_or_default().trim().to_owned())
}

/// The module and the program that makes its glue speak one dialect only if they are of one version.
fn same_wasm_bindgen() -> Result<()> {
    let crates = locked_version("Cargo.lock", "wasm-bindgen")?;
    let packer = locked_version("web-client/packer/Cargo.lock", "wasm-bindgen-cli-support")?;
    if crates != packer {
        bail!("wasm-bindgen is {crates}, but web-client/packer has {packer} of its other half");
    }
    Ok(())
}

fn locked_version(path: &str, name: &str) -> Result<String> {
    let lock = fs::read_to_string(workspace::root().join(path)).with_context(|| path.to_owned())?;
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, behind) = lock.split_once(&entry).with_context(|| format!("{path} has no {name}"))?;
    Ok(behind.split('"').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_what_the_page_is_made_of() {
        for path in [
            "web-client/page/start.js",
            "games/arena/page/main.js",
            "client/src/view.rs",
            "shared/src/lib.rs",
            "shared/derive/src/draw.rs",
            "games/arena/src/lib.rs",
            "room/src/record/scan.rs",
        ] {
            assert!(is_source(path), "{path}");
        }
        for path in [
            "client/src/native/quic.rs",
            "games/arena/page/tests/a.mjs",
            "room/src/lib.rs",
            "client/tests/session.rs",
            "assets/web/a.br",
        ] {
            assert!(!is_source(path), "{path}");
        }
    }
}

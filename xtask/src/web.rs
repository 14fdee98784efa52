//! `cargo xtask web`: builds the pages that the server embeds; with `--check`, says whether they are up to date.
//!
//! Up to date means: made from these sources. The bytes are not compared, since two compilers of one version need not
//! make the same ones; the manifest in `assets/web/NAME/` holds a hash of everything that goes in.

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
    /// Only the page of this game; all pages where nothing is said
    #[arg(long, value_name = "NAME")]
    game: Option<String>,
}

/// Where the finished pages lie, a folder for each game.
const OUT: &str = "assets/web";
/// The half of the page that every game has.
const ENGINE: &str = "web-client/page";
/// Files that go into every page, as beginnings of paths; what only native programs or tests use does not.
const SOURCES: &[&str] = &[
    "web-client/src/",
    "web-client/page/",
    "web-client/packer/",
    "web-client/Cargo.toml",
    "client/src/",
    "room/src/record/",
    "room/src/play.rs",
    "room/src/roster.rs",
    "shared/src/",
    "shared/derive/src/",
];
const NOT_SOURCES: &[&str] = &["client/src/native/"];
/// The files of the game that go into its page, below `games/NAME/`.
const SOURCES_OF_A_GAME: &[&str] = &["page/", "src/", "web/"];
const NOT_SOURCES_OF_A_GAME: &[&str] = &["page/tests/"];
/// The modules of a page, by the feature each is built with: players do not load the code that shows recordings.
const MODULES: &[(&str, &str)] = &[("play", "web_client"), ("replay", "web_replay")];
/// Hexadecimal digits of the hash: it names the page's folder, and no two builds of one server are to share it.
const BUILD_DIGITS: usize = 16;

/// Builds the pages, or checks them.
///
/// # Errors
/// A compiler is missing, something does not build, or a page is stale.
pub(crate) fn web(options: &Options) -> Result<()> {
    if !options.check {
        same_wasm_bindgen()?;
    }
    let games = games()?;
    if let Some(game) = &options.game {
        ensure!(games.contains(game), "{game} has no page; these games have one: {}", games.join(", "));
    }
    let wanted = |game: &&String| options.game.as_ref().is_none_or(|only| only == *game);
    games.iter().filter(wanted).try_for_each(|game| if options.check { check_page(game) } else { build(game) })
}

/// Returns true if the committed pages are those of the present sources.
///
/// # Errors
/// One is not, or belongs to no game.
pub(crate) fn check() -> Result<()> {
    let games = games()?;
    for entry in fs::read_dir(workspace::root().join(OUT)).context(OUT)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        ensure!(games.contains(&name), "{OUT}/{name} is the page of no game: remove it");
    }
    games.iter().try_for_each(|game| check_page(game))
}

/// The games of this workspace that have a page and a crate for its module, in order.
fn games() -> Result<Vec<String>> {
    let files = workspace::files()?;
    let game = |path: &String| path.strip_prefix("games/")?.strip_suffix("/page/index.html").map(str::to_owned);
    let has_module = |game: &String| files.contains(&format!("games/{game}/web/Cargo.toml"));
    let mut games: Vec<String> = files.iter().filter_map(game).filter(has_module).collect();
    games.sort();
    Ok(games)
}

fn check_page(game: &str) -> Result<()> {
    let out = format!("{OUT}/{game}");
    let manifest = fs::read_to_string(workspace::root().join(&out).join("manifest.json"))
        .with_context(|| format!("the page of {game} is not built: cargo xtask web"))?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest)?;
    let wanted = source_hash(game)?;
    ensure!(
        manifest["build"].as_str() == Some(wanted.as_str()),
        "{out} is stale: it was made from other sources than these ({} instead of {wanted}); run cargo xtask web and \
         commit what it writes",
        manifest["build"],
    );
    for file in manifest["files"].as_array().into_iter().flatten() {
        for (ending, size) in [("br", &file["brotli"]), ("gz", &file["gzip"])] {
            let name = format!("{out}/{}.{ending}", file["path"].as_str().unwrap_or_default());
            let found = fs::metadata(workspace::root().join(&name)).map(|metadata| metadata.len()).ok();
            ensure!(found.is_some() && found == size.as_u64(), "{name} is not what the manifest says: cargo xtask web");
        }
    }
    println!("{out} is made from these sources ({wanted})");
    Ok(())
}

fn build(game: &str) -> Result<()> {
    let hash = source_hash(game)?;
    let target_dir = workspace::target_dir().join("packer");
    let modules_dir = target_dir.join("modules").join(game);
    fs::create_dir_all(&modules_dir).with_context(|| format!("cannot make {}", modules_dir.display()))?;
    let mut modules = Vec::new();
    for (feature, name) in MODULES {
        let built = wasm::build(&[&package(game)], Some(feature), "web")?.join(format!("{game}_web.wasm"));
        // The next build writes to the same place.
        let module = modules_dir.join(format!("{name}.wasm"));
        fs::copy(&built, &module).with_context(|| format!("cannot copy {}", built.display()))?;
        modules.push(module);
    }
    let mut packer = cargo(&["run", "--locked", "--quiet", "--manifest-path=web-client/packer/Cargo.toml"]);
    packer.arg(format!("--target-dir={}", target_dir.display())).arg("--");
    packer.args([&hash, &format!("{OUT}/{game}"), ENGINE, &format!("games/{game}/page")]).args(modules);
    run(&mut packer)
}

/// The package that the modules are compiled from.
fn package(game: &str) -> String {
    format!("{game}-web")
}

/// A hash over every file that goes into a page, and over what it is compiled from besides.
fn source_hash(game: &str) -> Result<String> {
    let mut hash = Sha256::new();
    let mut files: Vec<String> = workspace::files()?.into_iter().filter(|path| is_source(path, game)).collect();
    files.sort();
    for path in files {
        let bytes = fs::read(workspace::root().join(&path)).with_context(|| format!("cannot read {path}"))?;
        // Lengths keep what ends one file from beginning the next.
        hash.update(format!("{path} {}\n", bytes.len()));
        hash.update(bytes);
    }
    hash.update(dependencies(game)?);
    hash.update(profile()?);
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(digest[..BUILD_DIGITS].to_owned())
}

fn is_source(path: &str, game: &str) -> bool {
    let begins = |path: &str, starts: &[&str]| starts.iter().any(|start| path.starts_with(start));
    match path.strip_prefix(&format!("games/{game}/")) {
        Some(path) => begins(path, SOURCES_OF_A_GAME) && !begins(path, NOT_SOURCES_OF_A_GAME),
        None => begins(path, SOURCES) && !begins(path, NOT_SOURCES),
    }
}

/// Names and versions of what a module is compiled from.
fn dependencies(game: &str) -> Result<String> {
    let package = format!("--package={}", package(game));
    let line = ["tree", "--locked", &package, "--edges=normal,build", "--prefix=none", "--format={p}"];
    let output = cargo(&line).output().context("cannot start cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim());
    let tree = String::from_utf8(output.stdout)?;
    // The text after name and version is a path of this machine.
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
    fn sources_are_what_a_page_is_made_of() {
        for path in [
            "web-client/page/start.js",
            "games/arena/page/main.js",
            "client/src/view.rs",
            "shared/src/lib.rs",
            "shared/derive/src/draw.rs",
            "games/arena/src/lib.rs",
            "room/src/record/scan.rs",
        ] {
            assert!(is_source(path, "arena"), "{path}");
        }
        for path in [
            "client/src/native/quic.rs",
            "games/arena/page/tests/a.mjs",
            "room/src/lib.rs",
            "client/tests/session.rs",
            "assets/web/arena/a.br",
            "games/petri/page/main.js",
        ] {
            assert!(!is_source(path, "arena"), "{path}");
        }
    }
}

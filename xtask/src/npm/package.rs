//! `cargo xtask npm`: the page's engine half, and a game's modules and types, as packages that npm installs from a file.
//!
//! ```text
//! web-client/page + web-client/npm ── tsc ──────────> ricochet-page:  scripts, styles, parts of HTML, types of them
//! games/NAME/web ── rustc, wasm-bindgen ──┐
//! ricochet-server types NAME ─────────────┴─────────> ricochet-NAME: modules, index.js, types of the game
//! ```
//!
//! Nothing of it is published: the tarballs in `target/npm` are what a page's project installs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use super::install;
use crate::{
    process::{build_for_tests, cargo, command, run},
    wasm, workspace,
};

/// The name of the package of the engine's half, as `web-client/npm/package.json` says.
const ENGINE: &str = "ricochet-page";
/// Where the engine's half lies, and what only its package has.
const PAGE: &str = "web-client/page";
const PACKAGE: &str = "web-client/npm";
/// A project with a lock file, which holds the compiler of TypeScript.
const TOOLS: &str = "tests/npm";
/// The modules of a game, by the feature each is built with.
const MODULES: &[&str] = &["play", "replay"];

#[derive(Args)]
pub(crate) struct Options {
    /// The game whose package is made in addition to the engine's
    #[arg(long, value_name = "NAME", default_value = "arena")]
    game: String,
    /// Builds the modules without optimisation, for tests
    #[arg(long)]
    debug: bool,
}

/// Makes both packages and says where they are.
///
/// # Errors
/// There is no such game, or something does not build.
pub(crate) fn npm(options: &Options) -> Result<()> {
    for tarball in pack(&options.game, options.debug)? {
        let bytes = fs::metadata(&tarball).with_context(|| tarball.display().to_string())?.len();
        println!("{} ({bytes} bytes)", tarball.display());
    }
    println!("npm install takes both; docs/typescript.md says how to use them");
    Ok(())
}

/// The tarballs of the engine's half and of a game.
///
/// # Errors
/// As [`npm`].
pub(crate) fn pack(game: &str, debug: bool) -> Result<[PathBuf; 2]> {
    let out = workspace::target_dir().join("npm");
    let tools = workspace::root().join(TOOLS);
    install(&tools).context("cannot install the compiler of TypeScript from npm")?;
    let engine = engine(&out, &tools)?;
    let game = package_of_game(&out, game, debug)?;
    Ok([engine, game])
}

/// The version that all crates of the workspace have.
fn version() -> Result<String> {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml"))?;
    let (_, behind) = manifest.split_once("[workspace.package]").context("Cargo.toml has no [workspace.package]")?;
    let line = behind.lines().find_map(|line| line.strip_prefix("version = "));
    Ok(line.context("[workspace.package] has no version")?.trim_matches('"').to_owned())
}

fn engine(out: &Path, tools: &Path) -> Result<PathBuf> {
    let folder = fresh(out, ENGINE)?;
    let root = workspace::root();
    copy_all(&root.join(PAGE), &folder)?;
    // Only `web-packer --dev` packs that; Vite has a server of its own for development.
    fs::remove_dir_all(folder.join("dev")).context("the part of the page for development")?;
    copy_all(&root.join(PACKAGE), &folder)?;
    let mut tsc = command(&["node"]);
    // As `node_modules/.bin/tsc`, on every system.
    tsc.arg(tools.join("node_modules/typescript/bin/tsc")).arg("--project").arg(folder.join("tsconfig.json"));
    run(&mut tsc).context("the types of the engine's half cannot be made")?;
    fs::remove_file(folder.join("tsconfig.json"))?;
    set_version(&folder)?;
    tarball(out, &folder)
}

fn package_of_game(out: &Path, game: &str, debug: bool) -> Result<PathBuf> {
    let root = workspace::root();
    ensure!(
        root.join("games").join(game).join("web/Cargo.toml").is_file(),
        "there is no game with a page in games/{game}: games/{game}/web is missing"
    );
    let name = format!("ricochet-{game}");
    let folder = fresh(out, &name)?;
    let crate_of_modules = format!("{game}-web");
    let mut modules = Vec::new();
    for feature in MODULES {
        let built = wasm::build(&[&crate_of_modules], Some(feature), if debug { "dev" } else { "web" })?;
        // The next build writes to the same place.
        let module = out.join(format!("{feature}.wasm"));
        fs::copy(built.join(format!("{}.wasm", crate_of_modules.replace('-', "_"))), &module)?;
        modules.push(module);
    }
    let mut bind = cargo(&["run", "--locked", "--quiet", "--manifest-path=web-client/packer/Cargo.toml"]);
    bind.arg(format!("--target-dir={}", workspace::target_dir().join("packer").display()));
    bind.args(["--bin=web-bind", "--"]).arg(&folder).args(&modules);
    run(&mut bind)?;
    let mut types = Command::new(build_for_tests(&[])?.join("ricochet-server"));
    types.args(["types", game]);
    let types = types.output().context("cannot start the server for its types")?;
    ensure!(types.status.success(), "{}", String::from_utf8_lossy(&types.stderr).trim());
    let types = String::from_utf8(types.stdout)?;
    let takes_fields = fs::read_to_string(folder.join("play.d.ts"))?.contains("set_input(");
    fs::write(folder.join("index.js"), index(game, takes_fields))?;
    fs::write(folder.join("index.d.ts"), types + &index_types(game, takes_fields))?;
    let package = json!({
        "name": name,
        "version": version()?,
        "description": format!("The WebAssembly modules of the game {game} on Ricochet, and the types of what they hand out"),
        "license": "MIT",
        "private": true,
        "type": "module",
        "sideEffects": false,
        "exports": {
            ".": { "types": "./index.d.ts", "default": "./index.js" },
            "./play.js": { "types": "./play.d.ts", "default": "./play.js" },
            "./replay.js": { "types": "./replay.d.ts", "default": "./replay.js" },
        },
        "peerDependencies": { ENGINE: version()? },
    });
    fs::write(folder.join("package.json"), serde_json::to_string_pretty(&package)? + "\n")?;
    let readme = format!(
        "# {name}\n\nThe modules of the game `{game}` for its page, and their types. Made by `cargo xtask npm --game {game}`; not published. \
         `{ENGINE}` uses it.\n"
    );
    fs::write(folder.join("README.md"), readme)?;
    tarball(out, &folder)
}

/// The script of a game's package.
fn index(game: &str, takes_fields: bool) -> String {
    let mut script = format!(
        "// The game `{game}` for its page. Made by `cargo xtask npm`.\n\n\
         import {{ Frame }} from '{ENGINE}/module/frame.js';\n\
         {}import * as play from './play.js';\n\n\
         export const game = {{ id: '{game}', modules: {{ play, replay: () => import('./replay.js') }} }};\n\n\
         export const newFrame = (updates) => new Frame(updates);\n",
        if takes_fields {
            format!("import {{ inputNumbers }} from '{ENGINE}/module/layout.js';\n")
        } else {
            String::new()
        },
    );
    if takes_fields {
        script.push_str("\nexport const setInput = (player, input) => player.set_input(inputNumbers(input));\n");
    }
    script
}

/// The types of the script, behind those of the game.
fn index_types(game: &str, takes_fields: bool) -> String {
    let mut types = format!(
        "\nimport type {{ Frame }} from '{ENGINE}/module/frame.js';\n\
         import type {{ Player }} from './play.js';\n\n\
         /** What the engine should know of the game, beside its words: a part of `start`'s `game`. */\n\
         export const game: {{ id: '{game}'; modules: {{ play: typeof import('./play.js'); replay: () => Promise<typeof import('./replay.js')> }} }};\n\n\
         /** Makes objects of the floats of a frame. `updates` are called for each object of their kind once it has the fields of the frame. */\n\
         export function newFrame(updates?: {{ [Kind in keyof Entities]?: (object: Entities[Kind], isNew: boolean) => void }}): Frame<Entities, Own>;\n",
    );
    if takes_fields {
        types.push_str(
            "\n/** What the player wants from now on. */\nexport function setInput(player: Player, input: Input): void;\n",
        );
    }
    types
}

/// An empty folder of a name.
fn fresh(out: &Path, name: &str) -> Result<PathBuf> {
    let folder = out.join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_dir() {
            copy_all(&path, &to.join(name))?;
        } else {
            fs::copy(&path, to.join(name)).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}

fn set_version(folder: &Path) -> Result<()> {
    let path = folder.join("package.json");
    let mut package: Value = serde_json::from_str(&fs::read_to_string(&path)?)?;
    ensure!(package["name"] == ENGINE, "{PACKAGE}/package.json is not of {ENGINE}");
    package["version"] = version()?.into();
    fs::write(path, serde_json::to_string_pretty(&package)? + "\n")?;
    Ok(())
}

/// The file that npm makes of a package's folder.
fn tarball(out: &Path, folder: &Path) -> Result<PathBuf> {
    let mut npm = command(&["npm", "pack", "--silent", "--ignore-scripts"]);
    let packed = npm.arg("--pack-destination").arg(out).current_dir(folder).output().context("cannot start npm")?;
    ensure!(packed.status.success(), "npm pack: {}", String::from_utf8_lossy(&packed.stderr).trim());
    let name = String::from_utf8(packed.stdout)?;
    Ok(out.join(name.trim()))
}

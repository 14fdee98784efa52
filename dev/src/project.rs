//! The game that is built, served and watched: one of this repository, or a workspace of its own.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::sources::{Part, Sources};

/// A game, and how it is built.
#[derive(Clone, Debug)]
pub struct Project {
    /// Where cargo runs.
    pub(crate) root: PathBuf,
    /// The name of the game.
    pub(crate) game: String,
    /// Arguments of cargo that build the server.
    pub(crate) server: Vec<String>,
    /// Flags of that server.
    pub(crate) flags: Vec<String>,
    /// The package that the page's module is compiled from.
    pub(crate) module: String,
    /// The game's half of the page.
    pub(crate) page: PathBuf,
    /// Where cargo builds to.
    pub(crate) target: PathBuf,
    pub(crate) sources: Sources,
}

/// The sources of a server and a module, in the engine's repository.
const ENGINE: &[&str] = &[
    "shared/src",
    "shared/derive/src",
    "net/src",
    "http3/src",
    "room/src",
    "client/src",
    "server/src",
    "web-client/src",
];
/// The half of the page that every game has.
const ENGINE_PAGE: &str = "web-client/page";

impl Project {
    /// A game of the engine's repository, whose root this is.
    ///
    /// # Errors
    /// There is no such game, or cargo cannot say where it builds to.
    pub fn of_engine(root: &Path, game: &str) -> Result<Self> {
        let metadata = metadata(root)?;
        let packages = metadata["packages"].as_array().context("cargo names no packages")?;
        let module = |name: &str| packages.iter().any(|package| package["name"] == *format!("{name}-web"));
        let games = std::fs::read_dir(root.join("games")).context("games")?;
        let mut known: Vec<String> = games
            .flatten()
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|name| module(name))
            .collect();
        known.sort();
        let known = known.join(", ");
        ensure!(module(game), "there is no game \"{}\" with a page; allowed are {known}", game.escape_debug());
        let folder = root.join("games").join(game);
        let mut sources = Sources::default();
        sources.add_game(&folder);
        let words = |line: &[&str]| line.iter().map(|&word| word.to_owned()).collect();
        Ok(Self {
            root: root.to_owned(),
            game: game.to_owned(),
            server: words(&["--package=dev-games", "--bin=dev-games"]),
            flags: words(&["--game", game]),
            module: format!("{game}-web"),
            page: folder.join("page"),
            target: target(&metadata)?,
            sources: with_engine(sources, root),
        })
    }

    /// A workspace of its own, whose root package is the game: its library is the rules and the page's module, its program of the same
    /// name the server, and its folder `page` the game's half of the page.
    ///
    /// # Errors
    /// There is none in this folder.
    pub fn of_workspace(root: &Path) -> Result<Self> {
        let root = root.canonicalize().with_context(|| root.display().to_string())?;
        let metadata = metadata(&root)?;
        let manifest = root.join("Cargo.toml");
        let packages = metadata["packages"].as_array().context("cargo names no packages")?;
        let is_root = |package: &&Value| package["manifest_path"].as_str().map(Path::new) == Some(&manifest);
        let package = packages.iter().find(is_root).with_context(|| format!("{} is no package", manifest.display()))?;
        let name = package["name"].as_str().context("a package has a name")?;
        let page = root.join("page");
        ensure!(page.is_dir(), "{}: there is no folder with the game's page", page.display());
        let mut sources = Sources::default();
        sources.add_game(&root);
        Ok(Self {
            game: name.to_owned(),
            server: vec![format!("--package={name}"), format!("--bin={name}")],
            flags: Vec::new(),
            module: name.to_owned(),
            page,
            target: target(&metadata)?,
            sources: with_engine(sources, &engine()),
            root,
        })
    }
}

/// The engine's repository: this crate lies in it, in a checkout as in what cargo has fetched by git.
pub(crate) fn engine() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// The engine's half of the page.
pub(crate) fn engine_page() -> PathBuf {
    engine().join(ENGINE_PAGE)
}

/// A developer may change the engine as well as the game.
fn with_engine(mut sources: Sources, engine: &Path) -> Sources {
    for folder in ENGINE {
        sources.add(engine.join(folder), Part::Rules);
    }
    sources.add(engine.join(ENGINE_PAGE), Part::Page);
    sources
}

fn metadata(root: &Path) -> Result<Value> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(program)
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root)
        .output()
        .context("cannot start cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    serde_json::from_slice(&output.stdout).context("cargo metadata")
}

fn target(metadata: &Value) -> Result<PathBuf> {
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo does not say where it builds to")
}

//! A fresh copy of the template, as `cargo xtask new-game` makes it: its own tests, a match in Chromium, bots over every transport.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{Outcome, browser};
use crate::{new_game, process::run, workspace};

const GAME: &str = "pond";

pub(super) fn test() -> Result<Outcome> {
    let copy = copy(GAME, "own-game-copy")?;
    run(&mut cargo(&copy, &["test", "--quiet"])).context("the tests of a fresh copy")?;
    run(&mut cargo(&copy, &["clippy", "--quiet", "--all-targets", "--", "--deny=warnings"])).context("a fresh copy")?;
    // `cargo test` has built the programs as well.
    let built = target_dir().join("debug");
    browser::play("own-game.config.js", |playwright| {
        playwright.env("RICOCHET_TEST_SERVER", built.join(GAME)).env("RICOCHET_TEST_BOTS", built.join("bots"));
    })
}

/// A fresh copy of the template in this folder of the target directory.
pub(super) fn copy(game: &str, folder: &str) -> Result<PathBuf> {
    let folder = workspace::target_dir().join(folder);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    new_game::copy(game, &folder)
}

/// Cargo in a copy. Dependencies are built without optimisation, once for all copies: compiling them is nearly all of a step's time.
pub(super) fn cargo(copy: &Path, arguments: &[&str]) -> Command {
    let (subcommand, rest) = arguments.split_first().expect("a subcommand is named");
    let mut command = crate::process::cargo(&[subcommand]);
    command.args(["--config=profile.dev.opt-level=0", "--config=profile.dev.package.\"*\".opt-level=0"]).args(rest);
    command.current_dir(copy).env("CARGO_TARGET_DIR", target_dir());
    command
}

/// Where all copies are built.
pub(super) fn target_dir() -> PathBuf {
    workspace::target_dir().join("own-game")
}

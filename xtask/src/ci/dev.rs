//! `cargo dev` in a fresh copy of the template: `tests/dev/` changes the rules and the page while a player plays in Chromium.

use std::{fs, io::Write as _};

use anyhow::{Context, Result};

use super::{Outcome, own_game};
use crate::{
    machine::{ensure_packages, has},
    npm,
    process::{command, run},
    workspace,
};

const GAME: &str = "pond";
/// As the other steps build their copies, so that nothing is compiled twice: compiling dependencies is nearly all of the time.
const PROFILE: &str = "\n[profile.dev]\nopt-level = 0\n\n[profile.dev.package.\"*\"]\nopt-level = 0\n";

pub(super) fn test() -> Result<Outcome> {
    ensure_packages("Chromium", &["chromium"], || has(&["chromium", "--version"]))?;
    npm::install(&workspace::root().join("tests/browser")).context("cannot install Playwright from npm")?;
    let copy = own_game::copy(GAME, "dev-copy")?;
    let config = copy.join(".cargo/config.toml");
    let mut config =
        fs::OpenOptions::new().append(true).open(&config).context("the template has an alias for cargo")?;
    config.write_all(PROFILE.as_bytes())?;
    let mut node = command(&["node", "--test", "--test-reporter=spec", "tests/dev/"]);
    node.env("RICOCHET_TEST_COPY", copy).env("CARGO_TARGET_DIR", own_game::target_dir());
    run(&mut node)?;
    Ok(Outcome::Passed)
}

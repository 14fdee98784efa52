//! A page in TypeScript, outside of the repository, on the packages that `cargo xtask npm` makes.

use std::env;

use anyhow::{Context, Result};

use super::Outcome;
use crate::{
    machine::{ensure_packages, has},
    npm,
    process::{command, run},
    workspace,
};

pub(super) fn test() -> Result<Outcome> {
    ensure_packages("Chromium", &["chromium"], || has(&["chromium", "--version"]))?;
    npm::install(&workspace::root().join("tests/browser")).context("cannot install Playwright from npm")?;
    let tarballs = npm::pack("arena", true)?;
    let mut node = command(&["node", "--test", "--test-reporter=spec", "tests/npm/"]);
    node.env("RICOCHET_TEST_TARBALLS", env::join_paths(tarballs)?);
    node.env("RICOCHET_TEST_SERVER", workspace::target_dir().join("debug/ricochet-server"));
    run(&mut node)?;
    Ok(Outcome::Passed)
}

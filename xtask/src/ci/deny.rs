//! Rules for our dependencies: licences, sources, banned crates, known advisories (`deny.toml`).

use anyhow::{Context, Result};

use super::Outcome;
use crate::{
    machine::has,
    process::{cargo, run},
};

/// The version that CI runs; a newer one may find more in the same tree.
const VERSION: &str = "0.20.2";

pub(super) fn check() -> Result<Outcome> {
    install()?;
    run(&mut cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"]))?;
    // The advisories come from the network at every run, and a machine may not reach them.
    match run(&mut cargo(&["deny", "--locked", "fetch", "db"])) {
        Ok(()) => {
            run(&mut cargo(&["deny", "--locked", "check", "--disable-fetch", "advisories"]))?;
            Ok(Outcome::Passed)
        }
        Err(_) => Ok(Outcome::Partly("the database of advisories cannot be reached from here".into())),
    }
}

/// Cargo keeps what it has installed in its own folder, so that only the first run on a machine compiles it.
fn install() -> Result<()> {
    if has(&["cargo", "deny", "--version"]) {
        return Ok(());
    }
    println!("cargo-deny is missing: compiling it, which takes some minutes once");
    // It reads a lock file for a second: compiling it faster matters more than running it faster.
    let line = ["install", "--quiet", "--locked", "--debug", "--version", VERSION, "cargo-deny"];
    run(&mut cargo(&line)).context("cannot install cargo-deny")
}

//! The checks of cargo itself: format, lints, tests, documents.

use anyhow::Result;

use super::{Counts, Outcome, python};
use crate::{
    machine::has,
    process::{cargo, quiet_output, run, watch},
};

/// Seeds of the swarm that every run tries. `cargo xtask swarm` tries more.
const SWARM_SEEDS: &str = "200";

pub(super) fn format() -> Result<Outcome> {
    component("rustfmt", &["cargo", "fmt", "--version"]);
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))?;
    Ok(Outcome::Passed)
}

pub(super) fn lints() -> Result<Outcome> {
    component("clippy", &["cargo", "clippy", "--version"]);
    run(&mut cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--keep-going", "--", "-D", "warnings"]))?;
    // The browser and the simulation get the client without its sockets.
    run(&mut cargo(&["clippy", "--locked", "--package", "client", "--all-targets", "--", "-D", "warnings"]))?;
    Ok(Outcome::Passed)
}

pub(super) fn tests() -> Result<Outcome> {
    let nextest = has(&["cargo", "nextest", "--version"]);
    let arguments: &[&str] = if nextest {
        &["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--color", "never", "--status-level", "slow"]
    } else {
        println!("cargo-nextest is absent, so cargo test runs the tests one program after another");
        &["test", "--locked", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast", "--quiet"]
    };
    let mut command = cargo(arguments);
    if std::env::var_os("RICOCHET_TEST_SWARM_SEEDS").is_none() {
        command.env("RICOCHET_TEST_SWARM_SEEDS", SWARM_SEEDS);
    }
    // Without it, tests of the Python examples find nothing to run with and say so.
    if let Some(python) = python::interpreter() {
        command.env("RICOCHET_TEST_PYTHON", python);
    }
    counted(command)
}

pub(super) fn doc_tests() -> Result<Outcome> {
    counted(cargo(&["test", "--locked", "--workspace", "--doc", "--no-fail-fast", "--quiet"]))
}

pub(super) fn documents() -> Result<Outcome> {
    let mut command = cargo(&["doc", "--locked", "--workspace", "--no-deps", "--document-private-items", "--quiet"]);
    run(command.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links"))?;
    Ok(Outcome::Passed)
}

/// Runs tests and counts them. A runner that failed without a failing test (it did not build) counts as one.
fn counted(mut command: std::process::Command) -> Result<Outcome> {
    let mut counts = Counts::default();
    let ended_well = watch(&mut command, |line| counts.see(line))?;
    if !ended_well && counts.failed == 0 {
        counts.failed = 1;
    }
    Ok(Outcome::Tests(counts))
}

/// Adds a component of the toolchain where rustup can; where it cannot, cargo's own error says what is missing.
fn component(name: &str, probe: &[&str]) {
    if !has(probe) {
        quiet_output(&["rustup", "component", "add", name]);
    }
}

//! The page in a real Chromium: Debian's browser and node, Playwright's runner from npm, a server built as tests build it.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};

use super::{Counts, Outcome};
use crate::{
    machine::{ensure_packages, has},
    npm,
    process::{build_for_tests, command, run, watch},
    workspace,
};

const TESTS: &str = "tests/browser";

pub(super) fn tests() -> Result<Outcome> {
    let built = build_for_tests(&["--example=transcript"])?;
    let transcript = out()?.join("transcript.bin");
    run(command(&[&built.join("examples/transcript").to_string_lossy()]).arg(&transcript))?;
    play("playwright.config.js", |playwright| {
        playwright
            .env("RICOCHET_TEST_SERVER", built.join("ricochet-server"))
            .env("RICOCHET_TEST_TRANSCRIPT", &transcript);
    })
}

/// Runs the tests that a configuration of Playwright's names, with the variables that `with` sets.
///
/// # Errors
/// The browser or the runner cannot be had, or no test ran. Tests that fail are counted.
pub(super) fn play(config: &str, with: impl FnOnce(&mut Command)) -> Result<Outcome> {
    ensure_packages("Chromium", &["chromium"], || has(&["chromium", "--version"]))?;
    // The packages hold no browser: Debian's is used.
    npm::install(&folder()).context("cannot install Playwright's runner from npm")?;
    let out = out()?;
    let mut playwright = command(&["npx", "--no-install", "playwright", "test", "--config", config]);
    playwright.current_dir(folder()).env("RICOCHET_TEST_BROWSER_OUT", &out);
    with(&mut playwright);
    let mut counts = Counts::default();
    let ended_well = watch(&mut playwright, |line| counts.see(line))?;
    ensure!(ended_well == (counts.failed == 0), "playwright ended otherwise than it counted: {counts}");
    ensure!(counts.passed + counts.failed > 0, "playwright ran no test");
    println!("screenshots and figures are in {}", out.display());
    Ok(Outcome::Tests(counts))
}

/// Where screenshots, figures and what is left of failures go.
fn out() -> Result<PathBuf> {
    let out = workspace::target_dir().join("browser");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    Ok(out)
}

fn folder() -> PathBuf {
    workspace::root().join(TESTS)
}

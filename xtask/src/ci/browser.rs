//! The page in a real Chromium: Debian's browser and node, Playwright's runner from npm, a server built as tests build it.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};

use super::{Counts, Outcome};
use crate::{
    machine::{ensure_packages, has},
    process::{cargo, command, run, watch},
    workspace,
};

const TESTS: &str = "tests/browser";
/// Node's oldest release that Playwright runs on.
const NODE_MAJOR_MIN: u32 = 18;

pub(super) fn tests() -> Result<Outcome> {
    ensure_packages("Chromium, or node with npm", &["chromium", "nodejs", "npm"], || {
        has(&["chromium", "--version"]) && node_is_new_enough() && has(&["npm", "--version"])
    })?;
    install()?;
    let out = workspace::target_dir().join("browser");
    fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;
    // With the whole workspace's features, so that the step `tests` has built almost all of it.
    run(&mut cargo(&["build", "--locked", "--workspace", "--bin=ricochet-server", "--example=transcript"]))?;
    let built = workspace::target_dir().join("debug");
    let transcript = out.join("transcript.bin");
    run(command(&[&built.join("examples/transcript").to_string_lossy()]).arg(&transcript))?;
    let mut counts = Counts::default();
    let mut playwright = command(&["npx", "--no-install", "playwright", "test"]);
    playwright.current_dir(folder()).env("RICOCHET_SERVER", built.join("ricochet-server"));
    playwright.env("RICOCHET_TRANSCRIPT", &transcript).env("RICOCHET_BROWSER_OUT", &out);
    let ended_well = watch(&mut playwright, |line| counts.see(line))?;
    ensure!(ended_well == (counts.failed == 0), "playwright ended otherwise than it counted: {counts}");
    ensure!(counts.passed + counts.failed > 0, "playwright ran no test");
    println!("screenshots and figures are in {}", out.display());
    Ok(Outcome::Tests(counts))
}

/// The packages of the lock file. They hold no browser: Debian's is used.
fn install() -> Result<()> {
    let lock = folder().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    // Written last, so that a half-made folder is made anew.
    let stamp = folder().join("node_modules/installed.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = command(&["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    run(npm.current_dir(folder()).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
        .context("cannot install Playwright's runner from npm")?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn node_is_new_enough() -> bool {
    let version = crate::process::quiet_output(&["node", "--version"]).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    major.is_some_and(|major: u32| major >= NODE_MAJOR_MIN)
}

fn folder() -> PathBuf {
    workspace::root().join(TESTS)
}

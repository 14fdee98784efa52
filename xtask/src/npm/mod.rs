//! Packages from npm: exactly those of a committed lock file, installed once.

mod package;

use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::{
    machine::{ensure_packages, has},
    process::{command, quiet_output, run},
};

pub(crate) use self::package::{Options, npm, pack};

/// The oldest release of node that everything of ours runs on.
const NODE_MAJOR_MIN: u32 = 20;

/// Makes sure that `folder` has the packages its lock file names. Their install scripts do not run, and no browser is
/// fetched.
///
/// # Errors
/// There is no node or npm and neither can be installed, or a package cannot be had.
pub(crate) fn install(folder: &Path) -> Result<()> {
    ensure_packages("node with npm", &["nodejs", "npm"], || node_is_new_enough() && has(&["npm", "--version"]))?;
    let lock = folder.join("package-lock.json");
    let wanted = fs::read_to_string(&lock).with_context(|| lock.display().to_string())?;
    // Written last, so that a half-made folder is made again.
    let stamp = folder.join("node_modules/installed.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut npm = command(&["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]);
    run(npm.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn node_is_new_enough() -> bool {
    let version = quiet_output(&["node", "--version"]).unwrap_or_default();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    major.is_some_and(|major: u32| major >= NODE_MAJOR_MIN)
}

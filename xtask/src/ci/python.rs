//! A Python of our own with what the example clients import, so that tests can play with them.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use super::Outcome;
use crate::{
    machine::ensure_packages,
    process::{command, quiet_output, run},
    workspace,
};

/// What the examples import, from the repository's root.
const REQUIREMENTS: &str = "docs/examples/requirements.txt";

/// The interpreter with the examples' modules, once [`environment`] has made it.
pub(super) fn interpreter() -> Option<PathBuf> {
    let path = folder().join("bin/python");
    path.exists().then_some(path)
}

pub(super) fn environment() -> Result<Outcome> {
    let wanted = fs::read_to_string(workspace::root().join(REQUIREMENTS)).context(REQUIREMENTS)?;
    // Written last, so that a half-made environment is made anew.
    let stamp = folder().join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Outcome::Passed);
    }
    // `ensurepip` is what Debian leaves out of python3.
    ensure_packages("Python 3 with venv", &["python3", "python3-venv"], || {
        quiet_output(&["python3", "-c", "import venv, ensurepip"]).is_some()
    })?;
    let folder = folder();
    let python = folder.join("bin/python");
    run(&mut command(&["python3", "-m", "venv", "--clear", &folder.to_string_lossy()]))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
    run(command(&[&python.to_string_lossy()]).args(pip))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(Outcome::Passed)
}

fn folder() -> PathBuf {
    workspace::target_dir().join("python")
}

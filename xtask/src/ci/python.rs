//! Pythons of our own: one with what the example clients import, so that tests can play with them, and one for checks.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::Outcome;
use crate::{
    machine::ensure_packages,
    process::{command, quiet_output, run},
    workspace,
};

/// The examples' dependencies, from the repository's root.
const REQUIREMENTS: &str = "docs/examples/requirements.txt";

/// The interpreter with the examples' modules, once [`environment`] has made it.
pub(super) fn interpreter() -> Option<PathBuf> {
    let path = folder().join("bin/python");
    path.exists().then_some(path)
}

pub(super) fn environment() -> Result<Outcome> {
    install(&folder(), REQUIREMENTS)?;
    Ok(Outcome::Passed)
}

/// Makes an environment in `folder` with what the file `requirements` lists, unless it is there already.
pub(super) fn install(folder: &Path, requirements: &str) -> Result<()> {
    let wanted = fs::read_to_string(workspace::root().join(requirements)).with_context(|| requirements.to_owned())?;
    // Written last, so that a half-made environment is made again.
    let stamp = folder.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // `ensurepip` is what Debian leaves out of python3.
    ensure_packages("Python 3 with venv", &["python3", "python3-venv"], || {
        quiet_output(&["python3", "-c", "import venv, ensurepip"]).is_some()
    })?;
    let python = folder.join("bin/python");
    run(&mut command(&["python3", "-m", "venv", "--clear", &folder.to_string_lossy()]))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements];
    run(command(&[&python.to_string_lossy()]).args(pip))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

fn folder() -> PathBuf {
    workspace::target_dir().join("python")
}

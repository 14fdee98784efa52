//! A Python of our own with what the example clients import, so that tests can play with them.

use std::path::PathBuf;

use anyhow::Result;

use super::Outcome;
use crate::{
    machine::ensure_packages,
    process::{command, quiet_output, run},
    workspace,
};

/// What `docs/examples/` imports, pinned: an example that breaks shall break by our change.
const REQUIREMENTS: &[&str] = &["msgpack==1.1.2", "websockets==15.0.1"];

/// The interpreter with the examples' modules, once [`environment`] has made it.
pub(super) fn interpreter() -> Option<PathBuf> {
    let path = workspace::target_dir().join("python/bin/python");
    path.exists().then_some(path)
}

pub(super) fn environment() -> Result<Outcome> {
    if !imports() {
        // `ensurepip` is what Debian leaves out of python3.
        ensure_packages("Python 3 with venv", &["python3", "python3-venv"], || {
            quiet_output(&["python3", "-c", "import venv, ensurepip"]).is_some()
        })?;
        let place = workspace::target_dir().join("python");
        let place = place.to_string_lossy();
        let python = format!("{place}/bin/python");
        run(&mut command(&["python3", "-m", "venv", "--clear", &place]))?;
        let mut install = vec![python.as_str(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        install.extend(REQUIREMENTS);
        run(&mut command(&install))?;
    }
    Ok(Outcome::Passed)
}

/// Whether the environment is there from an earlier run.
fn imports() -> bool {
    interpreter()
        .is_some_and(|python| quiet_output(&[&python.to_string_lossy(), "-c", "import msgpack, websockets"]).is_some())
}

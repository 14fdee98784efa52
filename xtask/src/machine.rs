//! The tools of the machine, and how to install those that it lacks.

use std::path::Path;

use anyhow::{Result, bail};

use crate::process::{command, quiet_output, run};

/// Makes sure that `present` holds: installs Debian's `packages` when allowed to, else says which they are.
///
/// # Errors
/// Something is missing and cannot be installed here.
pub(crate) fn ensure_packages(what: &str, packages: &[&str], present: impl Fn() -> bool) -> Result<()> {
    if present() {
        return Ok(());
    }
    let list = packages.join(" ");
    if !can_install() {
        bail!("{what} is missing; on Debian: sudo apt-get install {list}");
    }
    println!("{what} is missing: installing {list}");
    let apt = |arguments: &[&str]| {
        let mut line = vec!["apt-get"];
        line.extend(arguments);
        let mut command = command(&line);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    let mut install = vec!["install", "-qq", "-y", "--no-install-recommends"];
    install.extend(packages);
    // The package lists of a fresh machine are empty or old.
    run(&mut apt(&["update", "-qq"]))?;
    run(&mut apt(&install))?;
    if !present() {
        bail!("{what} is missing even with {list} installed");
    }
    Ok(())
}

/// Returns true if a program can be started; `probe` is a command line that does nothing.
pub(crate) fn has(probe: &[&str]) -> bool {
    quiet_output(probe).is_some()
}

fn can_install() -> bool {
    Path::new("/usr/bin/apt-get").exists() && quiet_output(&["id", "-u"]).as_deref() == Some("0")
}

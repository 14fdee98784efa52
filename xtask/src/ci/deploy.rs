//! Checks `deploy/`, as far as possible without a container engine, a cluster and a booted systemd: the unit
//! and its exposure, the alerts with their tests, manifests against schemas, settings by the server, the image's sources.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{Outcome, python};
use crate::{
    machine::{ensure_packages, has},
    process::{cargo, command, quiet_output, run},
    workspace,
};

const UNIT: &str = "deploy/systemd/ricochet.service";
/// Where the unit expects the program.
const INSTALLED: &str = "/usr/local/bin/ricochet-server";
/// systemd's measure of what a service may do, in tenths: 10 is everything. Ours was 1.2 when this was written; what is left
/// is the network, which is its purpose.
const EXPOSURE_TENTHS_MAX: &str = "13";
const RULES: &str = "deploy/prometheus/rules.yml";
const RULES_TEST: &str = "deploy/prometheus/rules_test.yml";
const REQUIREMENTS: &str = "deploy/checks/requirements.txt";
const IGNORED: &str = "deploy/Dockerfile.dockerignore";

pub(super) fn check() -> Result<Outcome> {
    let server = server()?;
    unit(&server)?;
    alerts()?;
    manifests(&server)?;
    image()?;
    Ok(Outcome::Passed)
}

fn server() -> Result<PathBuf> {
    run(&mut cargo(&["build", "--locked", "--quiet", "--workspace", "--bin=ricochet-server"]))?;
    Ok(workspace::target_dir().join("debug/ricochet-server"))
}

/// `verify` wants the program where the unit says, so it sees a unit that names the one just built.
fn unit(server: &Path) -> Result<()> {
    ensure_packages("systemd-analyze", &["systemd"], || has(&["systemd-analyze", "--version"]))?;
    let text = fs::read_to_string(workspace::root().join(UNIT)).context(UNIT)?;
    if !text.contains(INSTALLED) {
        bail!("{UNIT} does not start {INSTALLED}");
    }
    let folder = fresh("unit")?;
    let copy = folder.join("ricochet.service");
    fs::write(&copy, text.replace(INSTALLED, &server.to_string_lossy()))?;
    run(&mut command(&["systemd-analyze", "verify", &copy.to_string_lossy()]))?;
    let threshold = format!("--threshold={EXPOSURE_TENTHS_MAX}");
    let security = ["systemd-analyze", "security", "--offline=true", "--no-pager", &threshold];
    let mut line = security.to_vec();
    let copy = copy.to_string_lossy();
    line.push(&copy);
    match quiet_output(&line) {
        Some(said) => println!("{}", said.lines().last().unwrap_or_default().trim()),
        // Once more, to be read.
        None => run(&mut command(&line))?,
    }
    Ok(())
}

fn alerts() -> Result<()> {
    ensure_packages("promtool", &["prometheus"], || has(&["promtool", "--version"]))?;
    run(&mut command(&["promtool", "check", "rules", RULES]))?;
    run(&mut command(&["promtool", "check", "config", "--syntax-only", "deploy/prometheus/prometheus.yml"]))?;
    run(&mut command(&["promtool", "test", "rules", RULES_TEST]))
}

fn manifests(server: &Path) -> Result<()> {
    let folder = workspace::target_dir().join("python-deploy");
    python::install(&folder, REQUIREMENTS)?;
    let tools = folder.join("bin");
    // hadolint and caddy come with the environment.
    let mut path = vec![tools.clone()];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let python = tools.join("python");
    let mut check = command(&[&python.to_string_lossy(), "-B", "deploy/checks/check.py", &server.to_string_lossy()]);
    run(check.env("PATH", env::join_paths(path)?))
}

/// The image is built from what its context holds and no more: the same sources, elsewhere, must be enough for cargo. They
/// are checked instead of compiled for release, which takes minutes and says no more.
fn image() -> Result<()> {
    let ignored = fs::read_to_string(workspace::root().join(IGNORED)).context(IGNORED)?;
    let folder = fresh("context")?;
    for path in workspace::files()?.iter().filter(|path| is_sent(path, &ignored)) {
        let target = folder.join(path);
        fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
        fs::copy(workspace::root().join(path), target).with_context(|| path.clone())?;
    }
    // With the whole workspace's features and in the same target folder, so that dependencies are compiled once.
    let line = ["check", "--locked", "--quiet", "--workspace", "--bin=ricochet-server"];
    run(cargo(&line).current_dir(&folder).env("CARGO_TARGET_DIR", workspace::target_dir()))
}

/// Returns true if a file is sent to the builder. Understands what our list uses: `*`, `!folder`, `**/name` and `**/*.ending`.
fn is_sent(path: &str, ignored: &str) -> bool {
    let mut sent = true;
    for line in ignored.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (pattern, keep) = line.strip_prefix('!').map_or((line, false), |pattern| (pattern, true));
        if matches(pattern, path) {
            sent = keep;
        }
    }
    sent
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.strip_prefix("**/") {
        Some(name) => match name.strip_prefix("*.") {
            Some(ending) => path.rsplit_once('.').is_some_and(|(_, other)| other == ending),
            None => path.split('/').any(|part| part == name),
        },
        None => {
            pattern == "*" || path == pattern || path.strip_prefix(pattern).is_some_and(|rest| rest.starts_with('/'))
        }
    }
}

/// An empty folder for what is made to be checked.
fn fresh(name: &str) -> Result<PathBuf> {
    let folder = workspace::target_dir().join("deploy").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_sent_to_the_builder_and_nothing_else() {
        let ignored = "# All\n*\n!server\n!Cargo.toml\n**/target\n**/*.md\n";
        for (path, sent) in [
            ("Cargo.toml", true),
            ("server/src/main.rs", true),
            ("server-notes/a.rs", false),
            ("server/target/x", false),
            ("server/README.md", false),
            ("docs/a.md", false),
        ] {
            assert_eq!(is_sent(path, ignored), sent, "{path}");
        }
    }
}

//! Where things are in the repository.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use anyhow::{Context, Result, ensure};

/// The repository's root: of the clone that cargo runs this for, which need not be the one it was built in when both
/// share a target directory.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let built_in = || env!("CARGO_MANIFEST_DIR").into();
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(built_in, PathBuf::from);
        package.parent().expect("xtask lies in the repository's root").to_owned()
    });
    &ROOT
}

/// Where cargo builds to.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Files of the repository, relative to its root: those that git tracks, and new ones that it does not ignore.
pub(crate) fn files() -> Result<Vec<String>> {
    files_in(root())
}

/// Files of the checkout at `root`, as [`files`] lists them.
pub(crate) fn files_in(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .current_dir(root)
        .output()
        .context("git is needed to list the repository's files")?;
    ensure!(output.status.success(), "git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim());
    let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
    // A file deleted but not committed yet is listed still.
    Ok(list.split('\0').filter(|path| !path.is_empty() && root.join(path).is_file()).map(String::from).collect())
}

//! The fuzz targets must compile, though nothing fuzzes here: plain tests replay their corpus.

use anyhow::Result;

use super::Outcome;
use crate::{
    process::{cargo, run},
    workspace,
};

pub(super) fn check() -> Result<Outcome> {
    let target_dir = workspace::target_dir().join("fuzz-check");
    let target_dir = target_dir.to_string_lossy();
    run(&mut cargo(&["check", "--locked", "--manifest-path=fuzz/Cargo.toml", "--bins", "--target-dir", &target_dir]))?;
    Ok(Outcome::Passed)
}

//! Runs fuzz targets under libFuzzer and keeps their corpus small.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    machine::has,
    process::{cargo, run},
    workspace,
};

/// What to fuzz, and for how long.
#[derive(Args)]
pub(crate) struct Options {
    /// One target [default: all, in turn]
    target: Option<String>,
    /// Seconds per target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Afterwards, keep only what walks different paths, as is to be committed
    #[arg(long)]
    minimize: bool,
}

/// Fuzzes. What is found is written to `fuzz/artifacts/`.
///
/// # Errors
/// A target found something, or is unknown, or cargo-fuzz cannot be had.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    if !has(&["cargo", "fuzz", "--version"]) {
        println!("cargo-fuzz is absent and will be installed");
        run(&mut cargo(&["install", "--locked", "cargo-fuzz"]))?;
    }
    let known = targets()?;
    let wanted = |name: &String| options.target.as_ref().is_none_or(|target| target == name);
    let chosen: Vec<String> = known.iter().filter(|name| wanted(name)).cloned().collect();
    ensure!(!chosen.is_empty(), "the targets are: {}", known.join(", "));
    for target in &chosen {
        let seconds = format!("-max_total_time={}", options.seconds);
        let mut arguments = vec!["run", target.as_str(), "--", seconds.as_str(), "-print_final_stats=1"];
        // Longer inputs find nothing that these do not, and fill the corpus.
        arguments.extend(["-max_len=4096", "-timeout=10"]);
        let dictionary = workspace::root().join("fuzz/dictionaries").join(target);
        let dictionary_flag = format!("-dict={}", dictionary.display());
        if dictionary.exists() {
            arguments.push(&dictionary_flag);
        }
        cargo_fuzz(&arguments)?;
        if options.minimize {
            cargo_fuzz(&["cmin", target])?;
        }
    }
    Ok(())
}

/// On a stable toolchain: the sanitizer's flags are nightly ones.
fn cargo_fuzz(arguments: &[&str]) -> Result<()> {
    let mut command = cargo(&["fuzz"]);
    run(command.args(arguments).env("RUSTC_BOOTSTRAP", "1").env_remove("CARGO_TARGET_DIR"))
}

/// Names of the targets: every one has a file.
fn targets() -> Result<Vec<String>> {
    let folder: PathBuf = workspace::root().join("fuzz/fuzz_targets");
    let files = std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_a_corpus() {
        for target in targets().unwrap() {
            assert!(workspace::root().join("fuzz/corpus").join(&target).is_dir(), "{target} has no corpus");
        }
    }
}

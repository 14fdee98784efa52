//! Runs fuzz targets under libFuzzer and keeps their corpus small.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::{
    machine::has,
    process::{cargo, run},
    workspace,
};

/// The targets, and the time for each.
#[derive(Args)]
pub(crate) struct Options {
    /// One target [default: all, in turn]
    target: Option<String>,
    /// Seconds per target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Afterwards, replace the committed corpus by the smallest one that walks every path known
    #[arg(long)]
    keep: bool,
}

/// Fuzzes, beginning with the committed corpus and what earlier runs found here. What fails is written to
/// `fuzz/artifacts/`.
///
/// # Errors
/// A target found something, or is unknown, or cargo-fuzz cannot be had.
pub(crate) fn fuzz(options: &Options) -> Result<()> {
    if !has(&["cargo", "fuzz", "--version"]) {
        println!("cargo-fuzz is absent and will be installed");
        run(&mut cargo(&["install", "--locked", "cargo-fuzz"]))?;
    }
    let known = targets()?;
    let wanted = |name: &&String| options.target.as_ref().is_none_or(|target| target == *name);
    let chosen: Vec<&String> = known.iter().filter(wanted).collect();
    ensure!(!chosen.is_empty(), "the targets are: {}", known.join(", "));
    for target in chosen {
        fuzz_one(target, options.seconds)?;
        if options.keep {
            keep_smallest(target)?;
        }
    }
    Ok(())
}

/// Longer inputs find nothing that these do not, and fill the corpus.
const LENGTH_MAX: &str = "-max_len=4096";

fn fuzz_one(target: &str, seconds: u32) -> Result<()> {
    let [committed, found, _] = corpora(target)?;
    let time = format!("-max_total_time={seconds}");
    let dictionary = workspace::root().join("fuzz/dictionaries").join(target);
    let dictionary_flag = format!("-dict={}", dictionary.display());
    // New inputs go to the first folder, which git ignores.
    let mut arguments = vec!["run", target, &found, &committed, "--", &time, LENGTH_MAX, "-timeout=10", "-verbosity=1"];
    if dictionary.exists() {
        arguments.push(&dictionary_flag);
    }
    cargo_fuzz(&arguments)
}

/// Keeps what walks different code; how often a loop runs makes no difference, or there would be hundreds of files.
fn keep_smallest(target: &str) -> Result<()> {
    let [committed, found, smallest] = corpora(target)?;
    let merge = ["-set_cover_merge=1", "-use_counters=0", LENGTH_MAX];
    cargo_fuzz(&[&["run", target, smallest.as_str(), &found, &committed, "--"], &merge[..]].concat())?;
    for file in fs::read_dir(&committed).with_context(|| format!("cannot read {committed}"))? {
        let path = file.with_context(|| format!("cannot read {committed}"))?.path();
        // A file that a person named is kept: it is a case with a story.
        if path.file_name().is_some_and(|name| is_made_by_fuzzer(&name.to_string_lossy())) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    for file in fs::read_dir(&smallest).with_context(|| format!("cannot read {smallest}"))? {
        let file = file.with_context(|| format!("cannot read {smallest}"))?;
        let kept = PathBuf::from(&committed).join(file.file_name());
        fs::rename(file.path(), &kept).with_context(|| format!("cannot write {}", kept.display()))?;
    }
    Ok(())
}

/// libFuzzer names an input by the hash of its content.
fn is_made_by_fuzzer(name: &str) -> bool {
    name.len() == 40 && name.chars().all(|character| character.is_ascii_hexdigit())
}

/// Folders of a target's inputs: committed, found by fuzzing here, and an empty one for a smaller corpus.
fn corpora(target: &str) -> Result<[String; 3]> {
    let fuzz = workspace::root().join("fuzz");
    let smallest = fuzz.join("target/smallest").join(target);
    if smallest.exists() {
        fs::remove_dir_all(&smallest).context("cannot empty the folder of the smaller corpus")?;
    }
    let folders = [fuzz.join("corpus").join(target), fuzz.join("target/found").join(target), smallest];
    for folder in &folders {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    Ok(folders.map(|folder| folder.display().to_string()))
}

/// On a stable toolchain: the sanitizer's flags are nightly ones.
fn cargo_fuzz(arguments: &[&str]) -> Result<()> {
    let mut command = cargo(&["fuzz"]);
    run(command.args(arguments).env("RUSTC_BOOTSTRAP", "1").env_remove("CARGO_TARGET_DIR"))
}

/// Names of the targets: every one has a file.
fn targets() -> Result<Vec<String>> {
    let folder: PathBuf = workspace::root().join("fuzz/fuzz_targets");
    let files = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names: Vec<String> =
        files.filter_map(|file| Some(file.ok()?.path().file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_inputs_are_told_from_found_ones() {
        assert!(is_made_by_fuzzer("ffefe46f65be0f43e9b9bf8d6d1a3f0a3c1f5e10"));
        assert!(!is_made_by_fuzzer("acks_resume_after_a_gap"));
    }

    #[test]
    fn every_target_has_a_corpus() {
        for target in targets().unwrap() {
            assert!(workspace::root().join("fuzz/corpus").join(&target).is_dir(), "{target} has no corpus");
        }
    }
}

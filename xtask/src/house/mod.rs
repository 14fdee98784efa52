//! `cargo xtask house`: how the sources are built and how they read, in tables: modules, cycles, lengths, names, words.
//!
//! `shape` measures modules, files and folders, `names` types and `impl` blocks, `words` comments and documents; `tables` prints them, `sample` picks
//! comments and messages to read.

mod names;
mod sample;
mod shape;
mod tables;
mod words;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::{
    source::{self, modules::Crate},
    workspace,
};

#[derive(Args)]
pub(crate) struct Options {
    /// Prints this many comments, errors and log lines instead, picked by a seeded shuffle
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// Prints every line with words that the style gives up instead
    #[arg(long, conflicts_with = "sample")]
    words: bool,
    /// Seed of the shuffle
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only this package, such as room
    #[arg(long = "crate", value_name = "NAME")]
    package: Option<String>,
    /// Also writes the measures to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Another checkout of the repository, such as one of an older commit
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

/// Everything that is measured.
#[derive(Serialize)]
struct Measures {
    shape: shape::Shape,
    names: names::Names,
    words: words::Words,
}

/// Prints the measures, or a sample.
///
/// # Errors
/// A source cannot be read or parsed, the package does not exist, or the file cannot be written.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = options.root.as_deref().unwrap_or(workspace::root());
    let mut files = source::read_files(root)?;
    let mut crates = source::modules::parse(&files)?;
    if let Some(package) = &options.package {
        let folders: Vec<String> =
            crates.iter().filter(|found| found.package() == package).map(|found| found.folder.clone()).collect();
        ensure!(!folders.is_empty(), "no package is called `{package}`; there are: {}", packages(&crates).join(", "));
        crates.retain(|found| found.package() == package);
        files.retain(|file| folders.iter().any(|folder| file.path.starts_with(&format!("{folder}/"))));
    }
    if let Some(count) = options.sample {
        return sample::print(&files, count, options.seed);
    }
    if options.words {
        words::print(&files);
        return Ok(());
    }
    let measures = Measures {
        shape: shape::measure(&crates, &files),
        names: names::measure(&crates),
        words: words::measure(&crates, &files),
    };
    tables::print(&measures);
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&measures)?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn packages(crates: &[Crate]) -> Vec<&str> {
    let mut packages: Vec<&str> = crates.iter().map(Crate::package).collect();
    packages.dedup();
    packages
}

//! Counts the instructions of the hot paths and compares them with a committed baseline: wall-clock time on a shared
//! machine proves nothing, a count is the same under any load.
//!
//! ```text
//! paths.rs      builds the bench and asks it what is to be counted
//! callgrind.rs  counts a path        profile.rs  shows where a path's instructions go
//! compiler.rs   what made the code   baseline.rs  the counts that were committed
//! verdict.rs    compares
//! ```

mod baseline;
mod callgrind;
mod compiler;
mod paths;
mod profile;
mod verdict;

use anyhow::{Result, bail};
use clap::Args;

use self::{baseline::Baseline, compiler::Compiler, verdict::Verdict};
use crate::machine::{ensure_packages, has};

/// Options of the count.
#[derive(Args)]
pub(crate) struct Options {
    /// Write a new baseline
    #[arg(long)]
    update: bool,
    /// Instead: the functions that cost most of a path, by a part of its name
    #[arg(long, value_name = "PATH", conflicts_with = "update")]
    profile: Option<String>,
}

/// Counts every path and compares it with the baseline, or writes a new one.
///
/// # Errors
/// A path costs more than its bound, or cannot be counted.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(wanted) = &options.profile {
        ensure_valgrind()?;
        let built = paths::build()?;
        return profile::show(&built, built.path(wanted)?);
    }
    let compiler = Compiler::ours()?;
    if options.update {
        let counts = count()?;
        // Changes are shown; the reader of the commit judges them.
        if let Ok(before) = Baseline::read() {
            println!("{}", Verdict::new(&counts, &before.instructions, before.compiler.bound(&compiler)));
        }
        return Baseline { compiler, instructions: counts }.write();
    }
    match compare(&compiler)? {
        Compared::Same => Ok(()),
        Compared::OtherMachine(why) => bail!("{why}; `--update` writes one for this machine, `--profile` needs none"),
    }
}

/// The result of a comparison in which nothing got slower.
pub(crate) enum Compared {
    /// Every path is within its bound.
    Same,
    /// The baseline says nothing about code for this machine.
    OtherMachine(String),
}

/// The step of CI.
///
/// # Errors
/// A path costs more than its bound, or cannot be counted.
pub(crate) fn check() -> Result<Compared> {
    compare(&Compiler::ours()?)
}

fn compare(compiler: &Compiler) -> Result<Compared> {
    let baseline = Baseline::read()?;
    if baseline.compiler.host != compiler.host {
        let Compiler { host, .. } = &baseline.compiler;
        return Ok(Compared::OtherMachine(format!("the baseline is for {host}, this is {}", compiler.host)));
    }
    let counts = count()?;
    let bound = baseline.compiler.bound(compiler);
    let verdict = Verdict::new(&counts, &baseline.instructions, bound);
    println!("{verdict}");
    if baseline.compiler != *compiler {
        println!(
            "WARNING: the baseline was counted with {}, this is {}: other code from the same sources. A path may cost \
             {bound} % more; `cargo xtask instructions --update` on the commit before tells what is the compiler's.",
            baseline.compiler.version, compiler.version,
        );
    }
    let faults = verdict.faults();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(Compared::Same)
}

fn count() -> Result<verdict::Counts> {
    ensure_valgrind()?;
    let built = paths::build()?;
    callgrind::count(&built)
}

fn ensure_valgrind() -> Result<()> {
    ensure_packages("valgrind", &["valgrind"], || has(&["valgrind", "--version"]))
}

//! Runs the simulation of clusters: random faults from a seed, the invariants after every step, and everything well in the end.

use anyhow::{Result, ensure};
use clap::Args;

use crate::process::cargo;

/// Which seeds.
#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run this seed alone and show what happens in it
    #[arg(long, value_name = "SEED")]
    trace: Option<u64>,
}

/// Runs the seeds with optimisation, on all cores.
///
/// # Errors
/// A seed broke an invariant; the program has named it.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = cargo(&["run", "--locked", "--release", "--quiet", "--package=cluster-sim", "--"]);
    match options.trace {
        Some(seed) => command.arg(format!("--trace={seed}")),
        None => command.args([format!("--seeds={}", options.seeds), format!("--first={}", options.first)]),
    };
    let status = command.status()?;
    ensure!(status.success(), "the simulation found a fault");
    Ok(())
}

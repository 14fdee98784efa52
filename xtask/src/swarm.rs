//! Runs the swarm: random options from one seed, faults first, then the network heals and every view must be true.

use anyhow::{Result, bail};
use clap::Args;

use crate::process::{cargo, watch};

/// Which seeds.
#[derive(Args)]
pub(crate) struct Options {
    /// The seed, or the first one; without it the test's own
    seed: Option<u64>,
    /// How many seeds, counted up [default: 1 with a seed, 1000 without]
    #[arg(long)]
    seeds: Option<u64>,
    /// The tick before the first of every room [default: drawn by seed: 0, or near 2^24, 2^30, 2^31 or 2^32]
    #[arg(long, value_name = "TICK")]
    start_tick: Option<u32>,
}

/// Runs the swarm with optimisation, and repeats the lines about seeds that failed at the end.
///
/// # Errors
/// A seed failed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = cargo(&[
        "test",
        "--locked",
        "--release",
        "--package=tests",
        "--test=swarm",
        "--",
        "--nocapture",
        "--test-threads=2",
    ]);
    if let Some(seed) = options.seed {
        command.env("RICOCHET_TEST_SWARM_SEED", seed.to_string());
    }
    if let Some(tick) = options.start_tick {
        command.env("RICOCHET_TEST_SWARM_START_TICK", tick.to_string());
    }
    let seeds = options.seeds.unwrap_or(if options.seed.is_some() { 1 } else { 1_000 });
    command.env("RICOCHET_TEST_SWARM_SEEDS", seeds.to_string());
    let mut about_seeds = Vec::new();
    let ended_well = watch(&mut command, |line| {
        if line.contains("seed") && (line.contains("fail") || line.contains("panicked")) {
            about_seeds.push(line.to_owned());
        }
    })?;
    if !ended_well {
        about_seeds.iter().for_each(|line| println!("{line}"));
        bail!("the swarm found a fault; `cargo xtask swarm SEED` repeats it");
    }
    Ok(())
}

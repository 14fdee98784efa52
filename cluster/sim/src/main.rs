//! `cargo xtask cluster-swarm`: many simulated clusters, until one of them breaks an invariant.

use std::process::ExitCode;

use clap::Parser;
use cluster_sim::{Plan, swarm, trace};
use indicatif::{ProgressBar, ProgressStyle};

/// Lines of a trace that are shown.
const LINES: usize = 400;

#[derive(Parser)]
#[command(about = "Simulates clusters from seeds and checks the ownership protocol after every step")]
struct Options {
    /// How many seeds
    #[arg(long, default_value_t = 2_000)]
    seeds: u64,
    /// The first one
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Run one seed and show what happens
    #[arg(long, value_name = "SEED")]
    trace: Option<u64>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(seed) = options.trace {
        return show(seed);
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} seeds, {per_sec}, {eta} left");
    let bar = ProgressBar::new(options.seeds).with_style(style.expect("the template names known keys"));
    let total = swarm(options.first, options.seeds, None, || bar.inc(1));
    let took = bar.elapsed();
    bar.finish_and_clear();
    print!("{}", total.counts);
    if let Some(longest) = total.failovers_ms.last() {
        let at = |share: usize| total.failovers_ms[(total.failovers_ms.len() - 1) * share / 100];
        println!("failovers without other faults: p50 {} ms, p99 {} ms, max {longest} ms", at(50), at(99));
    }
    let hours = total.counts.simulated_ms as f64 / 3_600_000.0;
    let rate = total.runs as f64 / took.as_secs_f64();
    println!("{} runs, {hours:.1} simulated hours, {rate:.0} seeds/s", total.runs);
    if let Some(failure) = total.failure {
        eprintln!("error: {failure}");
        eprintln!("repeat it with: cargo xtask cluster-swarm --trace {}", failure.seed);
        return ExitCode::FAILURE;
    }
    let missing = total.counts.missing();
    if options.seeds >= 500 && !missing.is_empty() {
        eprintln!("error: this never happened: {}", missing.join(", "));
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Shows the plan of a seed, the end of its trace, and how it ended.
fn show(seed: u64) -> ExitCode {
    print!("{}", Plan::new(seed));
    let outcome = trace(seed, None);
    let skipped = outcome.trace.len().saturating_sub(LINES);
    if skipped > 0 {
        println!("… {skipped} lines");
    }
    for line in &outcome.trace[skipped..] {
        println!("{line}");
    }
    match outcome.failure {
        Some(failure) => {
            println!("{failure}");
            ExitCode::FAILURE
        }
        None => {
            println!("seed {seed} holds");
            ExitCode::SUCCESS
        }
    }
}

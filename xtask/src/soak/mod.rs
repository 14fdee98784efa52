//! A long run of a server whose players come and go all the time: what they leave behind must go with them.
//!
//! ```text
//! half the time: fleets join and leave ─> rest: nobody is there ─> the other half ─> rest again
//!                                          └───────── both rests must look the same ─────┘
//! ```
//!
//! Under load every figure moves, so leaks are looked for at rest, where sessions, rooms, descriptors and files are exact.

mod fleets;
mod sample;
mod server;
mod verdict;

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use clap::Args;

use self::{
    fleets::Fleets,
    sample::{HEADINGS, Sample},
    server::Server,
};
use crate::{played::Played, process::build_release};

/// How long, and with how many.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of load, half before and half after the first rest
    #[arg(long, default_value_t = 1_800)]
    secs: u64,
    /// Players at once, more or less
    #[arg(long, default_value_t = 200)]
    bots: u32,
    /// Use the release programs that are built already
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    played: Played,
}

/// Time between two lines of the table.
const SAMPLE_PERIOD: Duration = Duration::from_secs(10);
/// Links that were cut idle for 10 s, their players are awaited for 30 s, their rooms kept for another 60 s.
const REST_MAX: Duration = Duration::from_secs(240);

/// Soaks a server and prints a table.
///
/// # Errors
/// A program cannot be started, a bot saw a fault, or the second rest holds more than the first.
pub(crate) fn run(options: &Options) -> Result<()> {
    if !options.no_build {
        build_release(&[])?;
    }
    let server = Server::start(&options.played)?;
    let half = Duration::from_secs(options.secs / 2);
    println!("{HEADINGS}");
    let started = Instant::now();
    let mut faults = Vec::new();
    let mut rests = Vec::new();
    for number in 1..=2 {
        let fleets = Fleets::start(&server.page(), &options.played, options.bots, number);
        let until = Instant::now() + half;
        while Instant::now() < until {
            thread::sleep(SAMPLE_PERIOD.min(until.saturating_duration_since(Instant::now())));
            println!("{}", server.sample(started)?);
        }
        faults.extend(fleets.end());
        rests.push(rest(&server, started)?);
    }
    let [first, second] = rests[..] else { bail!("a soak has two rests") };
    let ended = server.end()?;
    faults.extend(verdict::compare(&first, &second));
    faults.extend((ended != Some(0)).then(|| format!("the server ended with {ended:?}")));
    let joins = second.joins - first.joins;
    let grown = second.memory as i64 - first.memory as i64;
    println!("\nbetween the rests: {joins} joins, memory {:+.1} MiB", grown as f64 / (1024.0 * 1024.0));
    if faults.is_empty() {
        println!("nothing was left behind");
        return Ok(());
    }
    faults.iter().for_each(|fault| println!("FAULT: {fault}"));
    bail!("{} faults", faults.len())
}

/// Waits until nobody is left, and looks.
fn rest(server: &Server, started: Instant) -> Result<Sample> {
    let until = Instant::now() + REST_MAX;
    loop {
        let sample = server.sample(started)?;
        if sample.is_at_rest() || Instant::now() >= until {
            println!("{sample}  at rest");
            return Ok(sample);
        }
        println!("{sample}");
        thread::sleep(SAMPLE_PERIOD);
    }
}

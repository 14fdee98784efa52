//! Takes a real server away under playing bots and starts the next one on the same state: what is back, how soon, and what
//! was lost.
//!
//! Once with `kill -9`, once with SIGTERM, and once by a panic of the shard, after which the same process brings its rooms back.
//! The server has core 0, the bots core 1.

mod rooms;
mod run;

use anyhow::{Result, ensure};
use clap::Args;

use self::run::{End, Run};
use crate::{
    bench::{conditions::Conditions, pinned},
    played::Played,
    process::build_release,
};

/// Options of an outage.
#[derive(Args)]
pub(crate) struct Options {
    /// Playing bots
    #[arg(long, default_value_t = 200)]
    bots: u32,
    /// Seconds that all play before the server goes, and at least after it is back
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(5..))]
    secs: u32,
    /// Measure the release programs that are built already
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    played: Played,
}

/// Runs both ends and prints what came of them.
///
/// # Errors
/// Something cannot be built or started, or players or more than a second of a match were lost.
pub(crate) fn outage(options: &Options) -> Result<()> {
    pinned::ensure()?;
    if !options.no_build {
        build_release(&["--features=server/fault-injection"])?;
    }
    let mut conditions = Conditions::begin();
    let mut faults = Vec::new();
    for end in [End::Killed, End::InOrder, End::ShardPanics] {
        let run = run::play(end, options)?;
        print(&run, &options.played);
        faults.extend(run.faults());
    }
    let (status, took) = run::panic_without_state(&options.played)?;
    println!(
        "\na panic of the shard where nothing is recorded: the process ended in {:.2} s: {status}",
        took.as_secs_f64()
    );
    if status.code() != Some(1) {
        faults.push("a server that lost its rooms did not end with code 1".to_owned());
    }
    conditions.end();
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

fn print(run: &Run, played: &Played) {
    let figure = |path: &str| run.report.pointer(&format!("/absences/{path}")).and_then(serde_json::Value::as_f64);
    let figure = |path: &str| figure(path).unwrap_or(f64::NAN);
    println!("\n{}, {} bots, {} at 20 Hz, {} rooms", run.end, run.bots, played.words(), run.rooms);
    if let Some(status) = run.status {
        println!("  the server ended in {:.2} s: {status}", run.ended_in.as_secs_f64());
    }
    println!("  from the end until the next server answers  {:>8.0} ms", run.answers_in.as_secs_f64() * 1e3);
    println!("  from the end until all play again           {:>8.0} ms", run.all_play_in.as_secs_f64() * 1e3);
    println!(
        "  a bot hears nothing for, p50/p99/max        {:>8.0} {:.0} {:.0} ms",
        figure("away_ms/p50"),
        figure("away_ms/p99"),
        figure("away_ms/max")
    );
    println!("  ticks lost, the worst room                  {:>8}", run.ticks_lost);
    println!("  rooms before, after                         {:>8} {}", run.rooms, run.rooms_after);
    for (name, (before, after)) in &run.facts {
        println!("  sum of \"{name}\" that the server showed before, after: {before} {after}");
    }
    // A game without scores has none to compare.
    if figure("scored") > 0.0 {
        println!(
            "  scores the bots saw before, after           {:>8} {}, at {} returns",
            figure("scores_before/sum"),
            figure("scores_after/sum"),
            figure("scored")
        );
    }
    println!(
        "  links lost, resumed, same seat, refused     {:>8} {} {} {}",
        figure("lost"),
        figure("resumed"),
        figure("same_seat"),
        figure("refused")
    );
    println!("  wrong states                                {:>8}", run.mismatches());
}

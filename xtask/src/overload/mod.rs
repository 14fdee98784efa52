//! `cargo xtask overload`: pushes a server to more than it can do while bots play on it, and shows that it stays a server.
//!
//! The server has one core and plays with bots of the other at about half of what it can. Then programs that only compute
//! share its core, so that it would need half as much again as it gets. Measured are the rungs of the overload ladder over time, how
//! long a kick takes meanwhile, what the health check says, who is dropped, how long it takes to be itself again, and how long
//! `SIGTERM` takes during a second push.

mod push;

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use clap::Args;

use self::push::{Outcome, Plan};
use crate::{
    bench::{conditions::Conditions, pinned},
    played::Played,
    process::build_release,
    workspace,
};

/// How to push.
#[derive(Args)]
pub(crate) struct Options {
    /// Playing bots; with them the server should work some 45 % of its time
    #[arg(long, default_value_t = 1_200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    bots: u32,
    /// The demand of the server, in percent of what it gets
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u32).range(110..=500))]
    percent: u32,
    /// Seconds of the push
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(5..=300))]
    secs: u32,
    /// Measure the release programs that are built already
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    played: Played,
}

/// Pushes, prints the table, and writes it to `overload.json` in the target folder.
///
/// # Errors
/// Something cannot be built or started, or the server does not stay one.
pub(crate) fn overload(options: &Options) -> Result<()> {
    pinned::ensure()?;
    if !options.no_build {
        build_release(&[])?;
    }
    let folder = workspace::target_dir().join("overload");
    fs::create_dir_all(&folder).context("no place for logs")?;
    let mut conditions = Conditions::begin();
    let plan = Plan {
        played: options.played.clone(),
        bots: options.bots,
        percent: options.percent,
        push: Duration::from_secs(options.secs.into()),
    };
    let outcome = push::push(&plan, &folder)?;
    conditions.end();
    println!("\n{} bots, {}", plan.bots, plan.played.words());
    print(&plan, &outcome);
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    let path = workspace::target_dir().join("overload.json");
    let saved = serde_json::json!({ "conditions": conditions, "played": options.played.words(), "outcome": outcome });
    fs::write(&path, serde_json::to_string_pretty(&saved)?).context("cannot write overload.json")?;
    println!("written to {}", path.display());
    Ok(())
}

fn print(plan: &Plan, outcome: &Outcome) {
    let secs = |secs: Option<f64>| secs.map_or_else(|| "never".to_owned(), |secs| format!("{secs:.1} s"));
    println!("\n{:>8} {:>5} {:>6} {:>8}", "s", "rung", "load", "players");
    let mut before = None;
    for look in &outcome.looks {
        // A line for each change of the rung is enough.
        if before.replace(look.rung) != Some(look.rung) {
            println!("{:>8.1} {:>5} {:>5.0}% {:>8}", look.at_s, look.rung, look.load * 100.0, look.players);
        }
    }
    println!("\nload before             {:.0} %", outcome.load_before * 100.0);
    println!("pushed to               {:.0} % with {} programs for {:?}", outcome.percent, outcome.hogs, plan.push);
    println!("load meanwhile          {:.0} %", outcome.load_pushed * 100.0);
    println!("on the highest rung     after {}", secs(outcome.climb_s));
    println!("a kick                  {}", secs(outcome.kick_s));
    println!("/healthz                {} of {} answers are ok", outcome.healthy, outcome.health_asked);
    println!("back on the lowest rung after {}", secs(outcome.recovery_s));
    println!("players dropped         {} of {}", outcome.dropped, plan.bots);
    println!("SIGTERM under a push    {}, exit code {}", secs(outcome.term_s), outcome.exit_code.unwrap_or(-1));
}

//! Floods a real server while bots play on it, and shows what they notice: each kind of abuse next to a quiet run.
//!
//! The server has core 0. Bots and attackers share core 1, the attackers with less of a right to it, so that what players
//! notice is the server's doing. Bots come from 127.0.0.1, which is exempt from the limits as `limits.exempt` has it;
//! attackers from 127.0.1.0/24 to 127.0.4.0/24 and from 127.32.0.0/18, which are not. All is recorded, as hosts run it.

mod flood;
mod run;
mod table;

use std::{thread, time::Duration};

use anyhow::{Context, Result};
use clap::Args;

use self::run::{Run, Stall};
use crate::{
    bench::{conditions::Conditions, pinned},
    played::Played,
    process::build_release,
    workspace,
};

/// The floods.
#[derive(Args)]
pub(crate) struct Options {
    /// Playing bots
    #[arg(long, default_value_t = 300)]
    bots: u32,
    /// Seconds of each run, once all have joined
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(12..))]
    secs: u32,
    /// Seconds that a tenth of the bots does not read in the run of the stalled readers; 0 leaves it out
    #[arg(long, default_value_t = 60)]
    stall_secs: u32,
    /// Measure the release programs that are built already
    #[arg(long)]
    no_build: bool,
    /// Only floods whose name contains this; the quiet run is always made
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    #[command(flatten)]
    played: Played,
}

/// As `ricochet-attack --kind` names them but for the last, and what they are in words.
const FLOODS: [(&str, &str); 15] = [
    ("initials", "QUIC first packets, Retry never answered"),
    ("handshakes", "QUIC handshakes, address proven"),
    ("junk", "junk datagrams"),
    ("half-open", "half-open TCP"),
    ("upgrades", "upgrades without a hello"),
    ("slow-writers", "heads a byte at a time"),
    ("slow-readers", "pages nobody reads"),
    ("joins", "joins nobody uses"),
    ("malformed", "oversized and malformed HTTP"),
    ("tickets", "ticket guessing"),
    ("gets", "GETs one behind the other"),
    ("chat", "chat of 64 players at once, one room"),
    ("segments", "QUIC first packets, dozens per system call"),
    ("places", "HTTP places, from 64 networks"),
    ("inputs", "inputs at 20 times the rate"),
];
/// Percent of the bots that stop reading.
const STALLED_PERCENT: u32 = 10;
/// From one run to the next, for ports and caches to settle.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs every flood and prints the table, and writes it to `siege.json` in the target folder.
///
/// # Errors
/// Something cannot be built or started, or the bots wrote no report.
pub(crate) fn siege(options: &Options) -> Result<()> {
    pinned::ensure()?;
    if !options.no_build {
        build_release(&[])?;
    }
    let mut conditions = Conditions::begin();
    let wanted = |name: &str| options.only.as_ref().is_none_or(|part| name.contains(part));
    let mut runs = vec![besiege("quiet", "nothing", options)?];
    for (name, words) in FLOODS.into_iter().filter(|(name, _)| wanted(name)) {
        runs.push(besiege(name, words, options)?);
    }
    let stalled = (options.stall_secs > 0 && wanted("stalled-readers")).then(|| stalled(options)).transpose()?;
    conditions.end();
    println!("\n{}", options.played.words());
    table::print(&runs, options.bots);
    if let Some(stalled) = &stalled {
        table::print_stalled(stalled);
    }
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    let path = workspace::target_dir().join("siege.json");
    let saved = serde_json::json!({ "conditions": conditions, "played": options.played.words(), "runs": runs, "stalled": stalled });
    std::fs::write(&path, serde_json::to_string_pretty(&saved)?).context("cannot write siege.json")?;
    println!("written to {}", path.display());
    Ok(())
}

fn besiege(name: &str, words: &str, options: &Options) -> Result<Run> {
    println!("{name}: {words}");
    let outcome = run::play(name, words, options, options.secs, None).with_context(|| name.to_owned());
    thread::sleep(PAUSE);
    outcome
}

fn stalled(options: &Options) -> Result<Run> {
    println!("stalled-readers: {STALLED_PERCENT} % of the bots do not read for {} s", options.stall_secs);
    let stall = Stall { percent: STALLED_PERCENT, at: 5, lasts: options.stall_secs };
    let secs = stall.at + stall.lasts + 10;
    run::play("stalled-readers", "nobody", options, secs, Some(stall)).context("stalled-readers")
}

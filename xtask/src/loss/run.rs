//! One run: bots play over one transport, and say what they noticed.

use std::{fmt, fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::Options;
use crate::{
    bench::{
        pinned::{self, LOAD_CORE},
        watched::log_to,
    },
    live_server::Addresses,
    workspace,
};

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Run {
    pub(super) transport: &'static str,
    pub(super) loss_percent: f64,
    /// The actual loss, percent of all packets.
    pub(super) lost_packets: f64,
    pub(super) report: Value,
}

pub(super) const HEADINGS: &str = " loss %  transport  gap p50/p99/max ms   input to effect above rtt p50/p99/max ms   B/s down   drops  wrong/checks";

/// Plays; gives the bots' report.
///
/// # Errors
/// The bots cannot be started or write no report.
pub(super) fn play(addresses: Addresses, transport: &str, options: &Options, place: &Path) -> Result<Value> {
    let Options { bots, secs, ref played, .. } = *options;
    let report = place.with_extension("json");
    // A report of an earlier run must not pass for this one's.
    let _ = fs::remove_file(&report);
    let mut command = pinned::command(LOAD_CORE, workspace::target_dir().join("release/ricochet-bots"));
    command.args(["--server", &format!("http://{}", addresses.http), "--transport", transport]);
    command.args(played.bot_flags());
    command.args(["--bots", &bots.to_string(), "--seconds", &secs.to_string(), "--ramp", "20", "--seed", "1"]);
    command.arg("--json").arg(&report);
    log_to(&mut command, &place.with_extension("log"))?;
    let status = command.status().context("the bots cannot be started")?;
    ensure!(status.code().is_some_and(|code| code < 2), "the bots failed: see {}.log", place.display());
    let text = fs::read_to_string(&report).context("the bots wrote no report")?;
    serde_json::from_str(&text).context("the bots' report is no JSON")
}

impl Run {
    pub(super) fn mismatches(&self) -> u64 {
        self.figure("state_mismatches") as u64
    }

    fn figure(&self, path: &str) -> f64 {
        self.report.pointer(&format!("/{path}")).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    fn spread(&self, name: &str) -> String {
        ["p50", "p99", "max"].map(|part| format!("{:.0}", self.figure(&format!("{name}/{part}")))).join("/")
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let drops = self.figure("disconnects") + self.figure("absences/lost");
        write!(
            f,
            "{:>7.2}  {:<9}  {:>18}   {:>41}   {:>8.0}   {:>5}  {}/{}",
            self.lost_packets,
            self.transport,
            self.spread("snapshot_gap_ms"),
            self.spread("input_to_effect_above_rtt_ms"),
            self.figure("down_bytes_per_player_s"),
            drops,
            self.mismatches(),
            self.figure("state_checks")
        )
    }
}

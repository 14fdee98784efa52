//! One run: bots join and play, a flood comes and goes, and everybody is asked.

use std::{
    fs,
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use super::{
    Options,
    flood::{self, Flood},
};
use crate::{
    bench::{
        pinned::{self, LOAD_CORE},
        watched::{SAMPLE_EVERY, Stopped, log_to},
    },
    live_server::{Addresses, LiveServer, samples, sum},
    workspace,
};

/// Bots that stop reading, in seconds from when all have joined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stall {
    pub(super) percent: u32,
    pub(super) at: u32,
    pub(super) lasts: u32,
}

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Run {
    pub(super) name: String,
    /// The flood.
    pub(super) words: String,
    /// The bots' report.
    pub(super) report: Value,
    /// The server's memory when all had joined, at most, and a few seconds after the flood, bytes.
    pub(super) resident_before: u64,
    pub(super) resident_most: u64,
    pub(super) resident_after: u64,
    /// Kernel's memory for TCP of the whole machine, before and at most, bytes.
    pub(super) kernel_before: u64,
    pub(super) kernel_most: u64,
    /// Times the flood did what it does.
    pub(super) done: u64,
    /// Refusals by limit, and answers to handshakes, that the server counted meanwhile; most first.
    pub(super) refused: Vec<(String, u64)>,
    /// The server still ran in the end.
    pub(super) survived: bool,
}

/// The flood ends so long before the bots do, so that memory after it is measured with all of them there.
const AFTERMATH: Duration = Duration::from_secs(5);
const JOIN_PATIENCE: Duration = Duration::from_secs(60);
const PAGE_BYTES: u64 = 4_096;
/// The flood whose attackers must be in the room of the bots.
const CHAT: &str = "chat";
/// Players that it brings.
const TALKERS: u32 = 64;

impl Run {
    /// A figure of the bots' report, by names joined with slashes.
    pub(super) fn figure(&self, path: &str) -> Option<f64> {
        self.report.pointer(&format!("/{path}"))?.as_f64()
    }
}

/// Plays with the bots for `secs` after all have joined, flooded with `name` unless that is no flood.
///
/// # Errors
/// Server, bots or attackers do not start, or the bots write no report.
pub(super) fn play(name: &str, words: &str, options: &Options, secs: u32, stall: Option<Stall>) -> Result<Run> {
    let bots = options.bots;
    let folder = workspace::target_dir().join("siege");
    fs::create_dir_all(&folder).context("no place for logs")?;
    let state = folder.join(format!("{name}.state"));
    // Matches that an earlier run recorded would be continued.
    let _ = fs::remove_dir_all(&state);
    let state_text = state.display().to_string();
    // Limits for everybody but the bots.
    let settings = ["--limits-exempt", "127.0.0.1/32", "--state", &state_text];
    let mut played = options.played.clone();
    if name == CHAT {
        played.room_size = bots.saturating_add(TALKERS).try_into()?;
    }
    let log = folder.join(format!("{name}.server.log"));
    let mut server = LiveServer::start(Addresses::free()?, &played, &settings, &log)?;
    let report = folder.join(format!("{name}.json"));
    let mut players = Stopped(start_bots(name, &server, options, secs, stall, &report)?);
    wait_for_players(&server, &mut players.0, bots)?;
    let counted_before = server.metrics()?;
    let begun = Instant::now();
    let mut run = Run {
        name: name.to_owned(),
        words: words.to_owned(),
        report: Value::Null,
        resident_before: server.resident_bytes()?,
        resident_most: 0,
        resident_after: 0,
        kernel_before: kernel_bytes(),
        kernel_most: 0,
        done: 0,
        refused: Vec::new(),
        survived: false,
    };
    let flood_for = Duration::from_secs(secs.into()).saturating_sub(AFTERMATH);
    let mut flood =
        (name != "quiet" && stall.is_none()).then(|| Flood::start(name, &played, &server, flood_for)).transpose()?;
    let ends = begun + Duration::from_secs(secs.into());
    while players.0.try_wait()?.is_none() {
        if !server.lives() {
            break;
        }
        let resident = server.resident_bytes()?;
        run.resident_most = run.resident_most.max(resident);
        run.kernel_most = run.kernel_most.max(kernel_bytes());
        // Bots that leave free memory, so the last look is before they do.
        if Instant::now() < ends {
            run.resident_after = resident;
        }
        thread::sleep(SAMPLE_EVERY);
    }
    if let Some(flood) = flood.take() {
        run.done = flood.finish()?;
    }
    run.survived = server.lives();
    ensure!(run.survived, "the server has ended: see {}/{name}.server.log", folder.display());
    run.refused = refusals(&counted_before, &server.metrics()?);
    server.stop()?;
    fs::remove_dir_all(&state).context("the state folder of the run stays")?;
    let text = fs::read_to_string(&report)
        .with_context(|| format!("the bots wrote no report: see {}/{name}.bots.log", folder.display()))?;
    run.report = serde_json::from_str(&text).context("the bots' report is no JSON")?;
    Ok(run)
}

fn wait_for_players(server: &LiveServer, players: &mut Child, bots: u32) -> Result<()> {
    let begun = Instant::now();
    while sum(&server.metrics()?, "ricochet_players") < f64::from(bots) {
        ensure!(players.try_wait()?.is_none(), "the bots ended before all had joined");
        ensure!(begun.elapsed() < JOIN_PATIENCE, "not all bots have joined within {JOIN_PATIENCE:?}");
        thread::sleep(SAMPLE_EVERY);
    }
    Ok(())
}

fn start_bots(
    name: &str,
    server: &LiveServer,
    options: &Options,
    secs: u32,
    stall: Option<Stall>,
    report: &Path,
) -> Result<Child> {
    // A report of an earlier run must not pass for this one's.
    let _ = fs::remove_file(report);
    let mut command = pinned::command(LOAD_CORE, flood::program("ricochet-bots"));
    command.args([
        "--server",
        &format!("http://{}", server.addresses.http),
        "--ops",
        &format!("http://{}", server.addresses.ops),
    ]);
    command.args(options.played.bot_flags());
    command.args(["--bots", &options.bots.to_string(), "--ramp", "100", "--seed", "1"]);
    command.args(["--seconds", &secs.to_string(), "--transport", if stall.is_some() { "ws" } else { "mix" }]);
    if let Some(Stall { percent, at, lasts }) = stall {
        command.args(["--stall", &format!("{percent}:{at}:{lasts}")]);
    }
    command.arg("--json").arg(report);
    log_to(&mut command, &report.with_file_name(format!("{name}.bots.log")))?;
    command.spawn().context("the bots cannot be started")
}

/// Counters that rose between two looks.
fn refusals(before: &str, after: &str) -> Vec<(String, u64)> {
    let counters = [
        ("ricochet_refused_total", &["{limit=\"", "\"}"][..]),
        ("ricochet_handshakes_total", &["{outcome=\"", "\"}"]),
        ("ricochet_closes_total", &["{reason=\"", "\"}"]),
    ];
    let mut rises = Vec::new();
    for (name, trims) in counters {
        for (labels, value) in samples(after, name) {
            let old = samples(before, name).find(|(other, _)| *other == labels).map_or(0.0, |(_, value)| value);
            let word = trims.iter().fold(labels, |word, trim| word.trim_start_matches(trim).trim_end_matches(trim));
            let kind = name.trim_start_matches("ricochet_").trim_end_matches("_total");
            if value > old {
                rises.push((format!("{kind} {word}"), (value - old) as u64));
            }
        }
    }
    rises.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rises
}

/// Memory the kernel has for TCP, on the whole machine; 0 where it does not say.
fn kernel_bytes() -> u64 {
    let text = fs::read_to_string("/proc/net/sockstat").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("TCP:")).unwrap_or_default();
    let pages = line.split(' ').skip_while(|word| *word != "mem").nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * PAGE_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rose_is_told_with_the_most_first() {
        let before = "ricochet_refused_total{limit=\"joins\"} 3\nricochet_handshakes_total{outcome=\"retried\"} 1\n";
        let after = "ricochet_refused_total{limit=\"joins\"} 5\nricochet_refused_total{limit=\"bytes\"} 0\n\
                     ricochet_handshakes_total{outcome=\"retried\"} 10\n";
        let told = [("handshakes retried".to_owned(), 9), ("refused joins".to_owned(), 2)];
        assert_eq!(refusals(before, after), told);
    }
}

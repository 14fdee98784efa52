//! Runs the real server on one core and real bots on the other, and keeps what both say and what the kernel says.

use std::{
    net::{SocketAddr, TcpStream, UdpSocket},
    path::{Path, PathBuf},
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;

use super::{
    floor::{self, Floor, Traffic},
    pinned::{self, LOAD_CORE, SERVER_CORE},
    scenario::{Scenario, TICK_HZ},
    watched::{SAMPLE_EVERY, Stopped, free_tcp, log_to, sample_until_ended, steady},
};
use crate::{process::quiet_output, workspace};

/// Joins per second: faster ones would measure handshakes.
const RAMP_PER_SEC: u32 = 200;

/// Players who come and go before memory is counted.
const FIRST_PLAYERS: u32 = 16;

/// The result of a scenario.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) scenario: Scenario,
    /// The bots' report.
    pub(crate) report: Value,
    /// All CPU time of the server's process, from the kernel, µs per player and tick.
    pub(crate) cpu_us_per_player_tick: f64,
    /// Memory the players added, bytes per player.
    pub(crate) bytes_per_player: f64,
    /// The raw loop under the same traffic, right after.
    pub(crate) floor: Option<Floor>,
}

impl Run {
    /// A figure of the bots' report, by names joined with slashes.
    pub(crate) fn figure(&self, path: &str) -> Option<f64> {
        self.report.pointer(&format!("/{path}"))?.as_f64()
    }

    /// Times the raw loop.
    pub(crate) fn ratio_to_floor(&self) -> Option<f64> {
        Some(self.cpu_us_per_player_tick / self.floor?.cpu_us_per_player_tick)
    }

    /// Faults; figures of a run with faults mean nothing.
    pub(crate) fn faults(&self) -> Vec<String> {
        let bots = f64::from(self.scenario.bots);
        let wanted = [("joined", bots), ("failed", 0.0), ("disconnects", 0.0), ("state_mismatches", 0.0)];
        let wrong = wanted.into_iter().filter_map(|(name, wanted)| {
            let found = self.figure(name)?;
            (found != wanted).then(|| format!("{name} {found}"))
        });
        let mut faults: Vec<String> = wrong.collect();
        if let Some(rtt_ms) = self.figure("rtt_ms/p50").filter(|&rtt_ms| rtt_ms > 1_000.0 / f64::from(TICK_HZ)) {
            faults.push(format!("a round trip of {rtt_ms:.0} ms on loopback: a core was not enough for its end"));
        }
        faults
    }
}

/// Plays a scenario for `seconds` after everyone has joined.
///
/// # Errors
/// The server or the bots do not start, or the bots write no report.
pub(crate) fn play(scenario: &Scenario, seconds: u32) -> Result<Run> {
    let folder = workspace::target_dir().join("bench");
    std::fs::create_dir_all(&folder).context("no place for logs")?;
    let mut server = Server::start(scenario, &folder)?;
    // The first players pay for what all of them use: code read from disk, the first room, threads.
    let few = Scenario { bots: scenario.bots.min(FIRST_PLAYERS), ..scenario.clone() };
    Stopped(bots(&few, &server, 1, &folder.join("first.json"), &folder)?).0.wait()?;
    let before = pinned::resident_bytes(server.child.id())?;
    let report = folder.join(format!("{}.json", scenario.name));
    let mut bots = Stopped(bots(scenario, &server, seconds, &report, &folder)?);
    let samples = sample_until_ended(&mut bots.0, server.child.id())?;
    server.stop()?;
    let text = std::fs::read_to_string(&report)
        .with_context(|| format!("the bots wrote no report: see {}/{}.*.log", folder.display(), scenario.name))?;
    let report: Value = serde_json::from_str(&text).context("the bots' report is no JSON")?;
    let window = steady(&samples, seconds).context("the bots ended too early")?;
    let mut run = Run {
        scenario: scenario.clone(),
        report,
        cpu_us_per_player_tick: window.cpu_us_per_sec / f64::from(scenario.bots * TICK_HZ),
        bytes_per_player: window.resident_bytes.saturating_sub(before) as f64 / f64::from(scenario.bots - few.bots),
        floor: None,
    };
    if let Some(kind) = scenario.floor {
        run.floor = Some(floor::measure(kind, &traffic(&run, seconds.min(5)))?);
    }
    Ok(run)
}

/// The traffic of the game, for the raw loop.
fn traffic(run: &Run, seconds: u32) -> Traffic {
    let per_tick = |name| (run.figure(name).unwrap_or(0.0) / f64::from(TICK_HZ)).round().max(1.0) as usize;
    Traffic {
        players: run.scenario.bots as usize,
        hz: TICK_HZ,
        up_bytes: per_tick("up_bytes_per_player_s"),
        down_bytes: per_tick("down_bytes_per_player_s"),
        seconds,
    }
}

/// A server of the project, ended when dropped.
struct Server {
    child: Child,
    http: SocketAddr,
    ops: SocketAddr,
}

impl Server {
    fn start(scenario: &Scenario, folder: &Path) -> Result<Self> {
        let (http, ops) = (free_tcp()?, free_tcp()?);
        let udp = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = pinned::command(SERVER_CORE, program("ricochet-server"));
        command.args(["--http", &http.to_string(), "--udp", &udp.to_string(), "--ops", &ops.to_string()]);
        command.args(scenario.server_flags());
        log_to(&mut command, &folder.join(format!("{}.server.log", scenario.name)))?;
        let child = command.spawn().context("the server cannot be started")?;
        let mut server = Self { child, http, ops };
        let patience = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(server.http).is_err() || TcpStream::connect(server.ops).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended at once ({status}): see {}/{}.server.log", folder.display(), scenario.name);
            }
            if Instant::now() > patience {
                bail!("the server does not answer");
            }
            thread::sleep(SAMPLE_EVERY);
        }
        Ok(server)
    }

    /// Ends it as a host would.
    fn stop(&mut self) -> Result<()> {
        quiet_output(&["kill", "-TERM", &self.child.id().to_string()]);
        let patience = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > patience {
                bail!("the server did not end within 10 s of SIGTERM");
            }
            thread::sleep(SAMPLE_EVERY);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already ended unless something failed.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn bots(scenario: &Scenario, server: &Server, seconds: u32, report: &Path, folder: &Path) -> Result<Child> {
    // A report of an earlier run must not pass for this one's.
    let _ = std::fs::remove_file(report);
    let Scenario { name, game, transport, behavior, bots, .. } = scenario;
    let mut command = pinned::command(LOAD_CORE, program("ricochet-bots"));
    command.args(["--server", &format!("http://{}", server.http), "--ops", &format!("http://{}", server.ops)]);
    command.args(["--bots", &bots.to_string(), "--transport", transport, "--game", game]);
    if let Some(behavior) = behavior {
        command.args(["--behavior", behavior]);
    }
    command.args(["--seconds", &seconds.to_string(), "--ramp", &RAMP_PER_SEC.to_string(), "--seed", "1"]);
    command.arg("--json").arg(report);
    log_to(&mut command, &folder.join(format!("{name}.bots.log")))?;
    command.spawn().context("the bots cannot be started")
}

fn program(name: &str) -> PathBuf {
    workspace::target_dir().join("release").join(name)
}

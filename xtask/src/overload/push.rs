//! One push, from the first bot to the server's end.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::Value;

use crate::{
    bench::{
        pinned::{self, LOAD_CORE, SERVER_CORE},
        watched::{SAMPLE_EVERY, Stopped, log_to},
    },
    live_server::{Addresses, LiveServer, act, get, samples, sum},
    played::Played,
    workspace,
};

/// The plan of a push.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) played: Played,
    pub(super) bots: u32,
    /// The demand of the server, in percent of what it gets.
    pub(super) percent: u32,
    pub(super) push: Duration,
}

/// The result of a push. Times are from the begin of the push, or of what they are about.
#[derive(Debug, Default, Serialize)]
pub(super) struct Outcome {
    pub(super) looks: Vec<Look>,
    pub(super) load_before: f64,
    pub(super) load_pushed: f64,
    /// The demand of the server, in percent of what it gets, by its load before.
    pub(super) percent: f64,
    /// Programs that compete with it.
    pub(super) hogs: u32,
    pub(super) climb_s: Option<f64>,
    pub(super) kick_s: Option<f64>,
    pub(super) health_asked: u32,
    pub(super) healthy: u32,
    pub(super) recovery_s: Option<f64>,
    /// Links that ended for another reason than the kick.
    pub(super) dropped: u64,
    pub(super) term_s: Option<f64>,
    pub(super) exit_code: Option<i32>,
}

/// The server at one moment.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Look {
    pub(super) at_s: f64,
    pub(super) rung: u8,
    pub(super) load: f64,
    pub(super) players: u64,
}

const JOIN_PATIENCE: Duration = Duration::from_secs(120);
/// Before the push, for the load to settle.
const SETTLE: Duration = Duration::from_secs(5);
/// After it, for the ladder to be climbed back.
const RECOVERY: Duration = Duration::from_secs(10);
/// The second push lasts so long before the signal.
const BEFORE_TERM: Duration = Duration::from_secs(3);
/// Competing programs at most: of a core that many share nothing is left to measure.
const HOGS_MAX: u32 = 16;
const TOP_RUNG: u8 = 3;
/// The administrator's, for a server that nobody else reaches.
const TOKEN: &str = "overload-of-a-server-on-loopback";

/// Pushes a server.
///
/// # Errors
/// Server, bots or programs do not start, or the server does not answer any more.
pub(super) fn push(plan: &Plan, folder: &Path) -> Result<Outcome> {
    let token_file = folder.join("admin-token");
    fs::write(&token_file, TOKEN).context("no place for the administrator's token")?;
    let token_file = token_file.display().to_string();
    // The signal's time is that of the server's end, without that of matches that may end first.
    let arguments = ["--admin-token-file", token_file.as_str(), "--drain-secs", "0"];
    let server = LiveServer::start(Addresses::free()?, &plan.played, &arguments, &folder.join("server.log"))?;
    let _bots = Stopped(start_bots(plan, &server, folder)?);
    let joining = Instant::now();
    while sum(&server.metrics()?, "ricochet_players") < f64::from(plan.bots) {
        ensure!(joining.elapsed() < JOIN_PATIENCE, "not all bots have joined within {JOIN_PATIENCE:?}");
        thread::sleep(SAMPLE_EVERY);
    }
    thread::sleep(SETTLE);

    let before = server.metrics()?;
    let mut outcome = Outcome { load_before: sum(&before, "ricochet_shard_load"), ..Outcome::default() };
    outcome.hogs = hogs_for(outcome.load_before, plan.percent);
    outcome.percent = 100.0 * outcome.load_before * f64::from(outcome.hogs + 1);
    let begun = Instant::now();
    let hogs = start_hogs(outcome.hogs)?;
    while begun.elapsed() < plan.push {
        let look = look(&server, begun)?;
        if look.rung == TOP_RUNG && outcome.climb_s.is_none() {
            outcome.climb_s = Some(look.at_s);
        }
        outcome.load_pushed = outcome.load_pushed.max(look.load);
        outcome.looks.push(look);
        outcome.health_asked += 1;
        outcome.healthy += u32::from(get(server.addresses.ops, "/healthz").is_ok_and(|words| words.starts_with("ok")));
        if outcome.kick_s.is_none() && begun.elapsed() > plan.push / 2 {
            outcome.kick_s = Some(kick(server.addresses.ops)?.as_secs_f64());
        }
        thread::sleep(SAMPLE_EVERY);
    }
    drop(hogs);
    let relieved = Instant::now();
    while relieved.elapsed() < RECOVERY {
        let look = look(&server, begun)?;
        outcome.looks.push(look);
        if look.rung == 0 {
            outcome.recovery_s = Some(relieved.elapsed().as_secs_f64());
            break;
        }
        thread::sleep(SAMPLE_EVERY);
    }
    outcome.dropped = dropped(&before, &server.metrics()?);

    let hogs = start_hogs(outcome.hogs)?;
    thread::sleep(BEFORE_TERM);
    let told = Instant::now();
    if let Some(status) = server.stop()? {
        outcome.term_s = Some(told.elapsed().as_secs_f64());
        outcome.exit_code = status.code();
    }
    drop(hogs);
    Ok(outcome)
}

/// How many programs take so much of the server's core that what it needs is `percent` of the rest: the kernel gives each the same.
fn hogs_for(load: f64, percent: u32) -> u32 {
    let wanted = (f64::from(percent) / 100.0 / load.max(0.01) - 1.0).round();
    (wanted as u32).clamp(1, HOGS_MAX)
}

/// Programs that only compute, on the server's core.
fn start_hogs(count: u32) -> Result<Vec<Stopped>> {
    let start = |_| {
        let mut command = pinned::command(SERVER_CORE, "sh");
        command.args(["-c", "while :; do :; done"]);
        command.spawn().map(Stopped).context("a competing program cannot be started")
    };
    (0..count).map(start).collect()
}

fn start_bots(plan: &Plan, server: &LiveServer, folder: &Path) -> Result<Child> {
    let Addresses { http, ops, .. } = server.addresses;
    let mut command = pinned::command(LOAD_CORE, workspace::target_dir().join("release/ricochet-bots"));
    command.args(["--server", &format!("http://{http}"), "--ops", &format!("http://{ops}")]);
    command.args(plan.played.bot_flags());
    command.args(["--bots", &plan.bots.to_string(), "--ramp", "100", "--seed", "1"]);
    let secs = (SETTLE + plan.push + RECOVERY + BEFORE_TERM).as_secs() + 30;
    command.args(["--seconds", &secs.to_string(), "--transport", "mix"]);
    log_to(&mut command, &folder.join("bots.log"))?;
    command.spawn().context("the bots cannot be started")
}

fn look(server: &LiveServer, begun: Instant) -> Result<Look> {
    let metrics = server.metrics()?;
    Ok(Look {
        at_s: begun.elapsed().as_secs_f64(),
        rung: sum(&metrics, "ricochet_overload_rung") as u8,
        load: sum(&metrics, "ricochet_shard_load"),
        players: sum(&metrics, "ricochet_players") as u64,
    })
}

/// Kicks somebody; gives how long that took, from the question to the answer of the shard.
fn kick(ops: SocketAddr) -> Result<Duration> {
    let mut socket = TcpStream::connect(ops)?;
    write!(socket, "GET /admin/api/state HTTP/1.0\r\nHost: {ops}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n")?;
    let mut text = String::new();
    socket.read_to_string(&mut text)?;
    let (_, body) = text.split_once("\r\n\r\n").context("the administrator gets no answer")?;
    let state: Value = serde_json::from_str(body).context("the state is no JSON")?;
    let players = state["rooms"].as_array().into_iter().flatten().filter_map(|room| room["players"].as_array());
    let session = players.flatten().find_map(|player| player["session"].as_str()).context("nobody plays")?;
    let asked = Instant::now();
    act(ops, "/admin/api/kick", TOKEN, &format!("{{\"session\":\"{session}\"}}"))?;
    Ok(asked.elapsed())
}

/// Links that ended between two looks for another reason than a kick.
fn dropped(before: &str, after: &str) -> u64 {
    let closes = |text| -> f64 {
        let kicked = |labels: &str| labels.contains("\"kicked\"");
        samples(text, "ricochet_closes_total").filter(|(labels, _)| !kicked(labels)).map(|(_, count)| count).sum()
    };
    (closes(after) - closes(before)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_programs_run_as_the_push_needs() {
        assert_eq!(hogs_for(0.5, 150), 2);
        assert_eq!(hogs_for(0.3, 150), 4);
        assert_eq!(hogs_for(0.9, 110), 1, "one at least");
        assert_eq!(hogs_for(0.0, 150), HOGS_MAX);
    }

    #[test]
    fn kick_is_no_drop() {
        let before = "ricochet_closes_total{reason=\"kicked\"} 0\nricochet_closes_total{reason=\"lost\"} 1\n";
        let after = "ricochet_closes_total{reason=\"kicked\"} 1\nricochet_closes_total{reason=\"lost\"} 3\n";
        assert_eq!(dropped(before, after), 2);
    }
}

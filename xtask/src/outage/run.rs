//! One outage: bots join and play, the server goes, the next one comes, and everybody is asked.

use std::{
    collections::BTreeMap,
    fmt, fs,
    net::SocketAddr,
    path::Path,
    process::{Child, ExitStatus},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{
    Options,
    rooms::{Rooms, Ticks},
};
use crate::{
    bench::{
        pinned::{self, LOAD_CORE},
        watched::{Stopped, log_to},
    },
    live_server::{Addresses, LiveServer, act, sum},
    played::Played,
    workspace,
};

/// How the server goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Killed,
    InOrder,
    /// The shard's thread panics; the process lives on.
    ShardPanics,
}

/// The result of a run.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) end: End,
    pub(super) bots: u32,
    pub(super) rooms: usize,
    pub(super) rooms_after: usize,
    /// How the server ended, when it was asked to.
    pub(super) status: Option<ExitStatus>,
    pub(super) ended_in: Duration,
    /// From when it was gone.
    pub(super) answers_in: Duration,
    pub(super) all_play_in: Duration,
    /// Ticks lost by the worst room: from the tick it had when the server went to the one it came back with.
    pub(super) ticks_lost: u32,
    /// Sums over all players of each number that the game says of them, as the last server and the next one showed it.
    pub(super) facts: BTreeMap<String, (i64, i64)>,
    /// The bots' report.
    pub(super) report: Value,
}

const HZ: u32 = 20;
const PERIOD: Duration = Duration::from_millis(1_000 / HZ as u64);
/// How often rooms are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The administrator's, for a server that nobody else reaches.
const TOKEN: &str = "outage-outage-outage-outage-outage";
const PATIENCE: Duration = Duration::from_secs(60);

/// Lets bots play, takes the server away, and lets them play on.
///
/// # Errors
/// A program does not start or does not answer, or not all players come back.
pub(super) fn play(end: End, options: &Options) -> Result<Run> {
    let Options { bots, secs, ref played, .. } = *options;
    let folder = workspace::target_dir().join("outage").join(end.name());
    let state = folder.join("state");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&state).context("no place for the state")?;
    let state = state.to_str().context("the path of the target folder is no text")?.to_owned();
    let token_file = token_file(&folder)?;
    let arguments = ["--state", state.as_str(), "--log-format", "json", "--admin-token-file", token_file.as_str()];
    let addresses = Addresses::free()?;
    let server = LiveServer::start(addresses, played, &arguments, &folder.join("server.log"))?;
    let report = folder.join("bots.json");
    let mut players = Stopped(start_bots(addresses, options, &report)?);
    let mut ticks = Ticks::default();
    await_players(addresses.http, &mut players.0, bots, &mut ticks)?;
    let until = Instant::now() + Duration::from_secs(secs.into());
    let mut before = Rooms::look(addresses.http)?;
    while Instant::now() < until {
        thread::sleep(LOOK_EVERY);
        before = Rooms::look(addresses.http)?;
        ticks.add(&before);
    }

    let asked = Instant::now();
    let mut same = None;
    let status = match end {
        End::Killed => server.kill().map(|()| None)?,
        End::InOrder => {
            let status = thread::scope(|scope| {
                let stopping = scope.spawn(|| server.stop());
                // It plays on while it drains.
                while !stopping.is_finished() {
                    if let Ok(rooms) = Rooms::look(addresses.http) {
                        ticks.add(&rooms);
                        before = rooms;
                    }
                    thread::sleep(LOOK_EVERY);
                }
                stopping.join().expect("waiting does not panic")
            })?;
            Some(status.context("the server does not end")?)
        }
        End::ShardPanics => {
            panic_shard(addresses)?;
            same = Some(server);
            None
        }
    };
    let gone = Instant::now();
    let second_log = folder.join(if end == End::ShardPanics { "server.log" } else { "next_server.log" });
    let next = match same {
        Some(server) => {
            await_restart(&server)?;
            server
        }
        None => LiveServer::start(addresses, played, &arguments, &second_log)?,
    };
    let answers_in = gone.elapsed();
    let first_look = first_look(addresses.http, before.peopled())?;
    await_players(addresses.http, &mut players.0, bots, &mut Ticks::default())?;
    let all_play_in = gone.elapsed();
    let ticks_lost = ticks_lost(&ticks, if end == End::InOrder { before.seen } else { gone }, &second_log)?;
    let status_of_bots = players.0.wait().context("lost the bots")?;
    next.stop()?;
    let text = fs::read_to_string(&report).context("the bots wrote no report")?;
    let report = serde_json::from_str(&text).context("the bots' report is no JSON")?;
    ensure!(status_of_bots.code().is_some_and(|code| code < 2), "the bots failed: see {}", folder.display());
    let after = first_look.facts();
    let facts = before.facts().into_iter().map(|(name, sum)| {
        let after = after.get(&name).copied().unwrap_or_default();
        (name, (sum, after))
    });
    Ok(Run {
        end,
        bots,
        rooms: before.peopled(),
        rooms_after: first_look.peopled(),
        status,
        ended_in: gone - asked,
        answers_in,
        all_play_in,
        ticks_lost,
        facts: facts.collect(),
        report,
    })
}

impl Run {
    pub(super) fn mismatches(&self) -> u64 {
        self.report.pointer("/state_mismatches").and_then(Value::as_u64).unwrap_or(u64::MAX)
    }

    /// Faults of the run.
    pub(super) fn faults(&self) -> Vec<String> {
        let absences = |name: &str| self.report.pointer(&format!("/absences/{name}")).and_then(Value::as_u64);
        let all = Some(self.bots.into());
        let checks = [
            (self.rooms_after != self.rooms, "rooms were lost"),
            (self.ticks_lost > HZ, "more than a second of a match was lost"),
            (absences("resumed") < all, "not every bot resumed"),
            (absences("same_seat") != absences("resumed"), "bots came back to other seats"),
            (self.mismatches() != 0, "bots were shown what was not so"),
            (self.status.is_some_and(|status| status.code() != Some(0)), "the server did not end in order"),
        ];
        checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{}: {what}", self.end)).collect()
    }
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::InOrder => "in-order",
            Self::ShardPanics => "shard-panics",
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Killed => "kill -9",
            Self::InOrder => "SIGTERM",
            Self::ShardPanics => "panic of the shard",
        })
    }
}

/// A server that records nothing ends when its shard panics: how, and how soon.
///
/// # Errors
/// It does not start, or does not end.
pub(super) fn panic_without_state(played: &Played) -> Result<(ExitStatus, Duration)> {
    let folder = workspace::target_dir().join("outage/no-state");
    fs::create_dir_all(&folder).context("no place for the log")?;
    let token_file = token_file(&folder)?;
    let addresses = Addresses::free()?;
    let arguments = ["--admin-token-file", token_file.as_str()];
    let mut server = LiveServer::start(addresses, played, &arguments, &folder.join("server.log"))?;
    let asked = Instant::now();
    panic_shard(addresses)?;
    let status = server.await_end()?.context("the server does not end")?;
    Ok((status, asked.elapsed()))
}

/// Only a server built with the feature `fault-injection` knows the command.
fn panic_shard(addresses: Addresses) -> Result<()> {
    act(addresses.ops, "/admin/api/panic-shard", TOKEN, r#"{"shard":0}"#)
}

fn token_file(folder: &Path) -> Result<String> {
    let path = folder.join("admin-token");
    fs::write(&path, TOKEN).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path.to_str().context("the path of the target folder is no text")?.to_owned())
}

/// Awaits that the server has its rooms again.
fn await_restart(server: &LiveServer) -> Result<()> {
    let begun = Instant::now();
    while sum(&server.metrics()?, "ricochet_shard_restarts_total") == 0.0 {
        ensure!(begun.elapsed() < PATIENCE, "the shard is not restarted within {PATIENCE:?}");
    }
    Ok(())
}

fn start_bots(addresses: Addresses, options: &Options, report: &Path) -> Result<Child> {
    let Options { bots, secs, ref played, .. } = *options;
    let mut command = pinned::command(LOAD_CORE, workspace::target_dir().join("release/ricochet-bots"));
    command.args(["--server", &format!("http://{}", addresses.http), "--transport", "mix"]);
    command.args(played.bot_flags());
    command.args(["--bots", &bots.to_string(), "--ramp", "100", "--seed", "1"]);
    // A drain takes eight seconds.
    command.args(["--seconds", &(2 * secs + 15).to_string(), "--json"]).arg(report);
    log_to(&mut command, &report.with_extension("log"))?;
    command.spawn().context("the bots cannot be started")
}

fn await_players(http: SocketAddr, players: &mut Child, bots: u32, ticks: &mut Ticks) -> Result<()> {
    let begun = Instant::now();
    loop {
        let rooms = Rooms::look(http)?;
        ticks.add(&rooms);
        if rooms.playing() >= bots {
            return Ok(());
        }
        ensure!(players.try_wait()?.is_none(), "the bots ended before all played");
        if begun.elapsed() > PATIENCE {
            bail!("{} of {bots} bots play after {PATIENCE:?}", rooms.playing());
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// The rooms as they came back: each is shown from its first tick on.
fn first_look(http: SocketAddr, expected: usize) -> Result<Rooms> {
    let begun = Instant::now();
    loop {
        let rooms = Rooms::look(http)?;
        if rooms.peopled() >= expected || begun.elapsed() > Duration::from_secs(2) {
            return Ok(rooms);
        }
    }
}

/// Compares what was last seen of each room with where the next server says it goes on from.
fn ticks_lost(ticks: &Ticks, gone: Instant, log: &Path) -> Result<u32> {
    let text = fs::read_to_string(log).context("the server wrote no log")?;
    let lost = recovered(&text).filter_map(|(room, tick)| Some(ticks.at(room, gone, PERIOD)?.saturating_sub(tick)));
    lost.max().context("the log speaks of no room that goes on")
}

/// Rooms and ticks of the lines about rooms that go on.
fn recovered(log: &str) -> impl Iterator<Item = (u32, u32)> {
    log.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let field = |name: &str| line.pointer(&format!("/{name}"))?.as_u64();
        field("replayed")?;
        Some((field("room")? as u32, field("tick")? as u32))
    })
}

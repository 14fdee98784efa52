//! Colyseus on the same work: its server on the server's core, its own clients on the other, both from npm.
//!
//! It has rooms, state synchronisation by field deltas, all of a room to everyone in it, over WebSocket without
//! encryption. What it does not do here, and we do: walls, shells, lag compensation, interest, prediction's own state,
//! checksums.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::Stdio,
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{
    pinned::{self, LOAD_CORE, SERVER_CORE},
    scenario::TICK_HZ,
    watched::{Stopped, free_tcp, sample_until_ended, steady},
};
use crate::{npm, workspace};

/// The result of a run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Played {
    /// All CPU time of the server's process, from the kernel, µs per player and tick.
    pub(crate) cpu_us_per_player_tick: f64,
    /// Memory of the server's process, bytes.
    pub(crate) resident_bytes: u64,
    /// The counts of the players.
    pub(crate) report: Report,
}

/// Counts of the players.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    joined: u32,
    failed: u32,
    lost: u32,
    /// Crafts a player sees, on average.
    crafts_seen: f64,
    pub(crate) down_bytes_per_player_s: f64,
    patches_per_player_s: f64,
}

/// Installs what the lock file names.
///
/// # Errors
/// There is no npm, or no registry.
pub(crate) fn install() -> Result<()> {
    npm::install(&folder()).context("cannot install Colyseus from npm")
}

/// Lets `players` wander in rooms of `seats` for `seconds`.
///
/// # Errors
/// Something does not start, or not everybody played to the end.
pub(crate) fn play(players: u32, seats: u32, seconds: u32) -> Result<Played> {
    let port = free_tcp()?.port().to_string();
    let mut server = pinned::command(SERVER_CORE, "node");
    server.args(["server.js", &port]).current_dir(folder()).stdout(Stdio::piped());
    let mut server = Stopped(server.spawn().context("cannot start node")?);
    await_line(&mut server, "listening")?;
    let mut clients = pinned::command(LOAD_CORE, "node");
    clients.args(["players.js", &port, &players.to_string(), &seats.to_string(), &seconds.to_string()]);
    let clients = clients.current_dir(folder()).stdout(Stdio::piped()).spawn();
    let mut clients = Stopped(clients.context("cannot start node")?);
    let samples = sample_until_ended(&mut clients.0, server.0.id())?;
    let printed = clients.0.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
    let report = printed.map_while(Result::ok).last().context("the players of Colyseus said nothing")?;
    let report: Report = serde_json::from_str(&report).with_context(|| format!("no report: {report}"))?;
    let Report { joined, failed, lost, crafts_seen, .. } = report;
    anyhow::ensure!(
        (joined, failed, lost) == (players, 0, 0) && crafts_seen > 0.9 * f64::from(seats.min(players)),
        "Colyseus did not play it all: {report:?}"
    );
    let steady = steady(&samples, seconds).context("the players of Colyseus ended too early")?;
    Ok(Played {
        cpu_us_per_player_tick: steady.cpu_us_per_sec / f64::from(players * TICK_HZ),
        resident_bytes: steady.resident_bytes,
        report,
    })
}

fn await_line(process: &mut Stopped, start: &str) -> Result<()> {
    let stdout = process.0.stdout.as_mut().context("its output is not read")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    anyhow::ensure!(line.starts_with(start), "Colyseus does not start: it said {line:?}");
    Ok(())
}

fn folder() -> PathBuf {
    workspace::root().join("bench/peers/colyseus")
}

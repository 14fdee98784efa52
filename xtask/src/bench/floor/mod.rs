//! The raw-socket loops: the same traffic as the game's, with nothing but one read and one write per player and tick.
//!
//! Their cost is the cost of the kernel, which any server pays. Times drift between hours and machines; ratios to these loops,
//! taken in the same run, hold. The server's loop runs in one process pinned to one core, the players in another
//! pinned to the other, as the game and its bots do.

mod load;
mod serve;

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use super::pinned::{self, LOAD_CORE, SERVER_CORE};

/// Which sockets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// One datagram each way per player and tick, on one socket.
    Udp,
    /// One read and one write per player and tick, on a connection each.
    Tcp,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Udp => "raw UDP",
            Self::Tcp => "raw TCP",
        }
    }
}

/// The traffic of the loop.
#[derive(Clone, Copy, PartialEq, Debug, Args, Serialize, Deserialize)]
pub(crate) struct Traffic {
    /// Players
    #[arg(long, default_value_t = 320)]
    pub(crate) players: usize,
    /// Ticks per second
    #[arg(long, default_value_t = 20)]
    pub(crate) hz: u32,
    /// Bytes from each player per tick
    #[arg(long, default_value_t = 30)]
    pub(crate) up_bytes: usize,
    /// Bytes to each player per tick
    #[arg(long, default_value_t = 200)]
    pub(crate) down_bytes: usize,
    /// Seconds to measure, after one to settle
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u32,
}

impl Traffic {
    fn tick(&self) -> Duration {
        Duration::from_secs(1) / self.hz
    }
}

/// One end of a loop, as a command line of this program.
#[derive(Args)]
pub(crate) struct End {
    #[arg(value_enum)]
    kind: Kind,
    #[command(flatten)]
    traffic: Traffic,
    /// Play against the server at this address; without it, be the server
    #[arg(long)]
    server: Option<SocketAddr>,
}

/// The cost of a loop.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(crate) struct Floor {
    pub(crate) kind: Kind,
    pub(crate) traffic: Traffic,
    /// CPU time of the server's thread, µs per player and tick.
    pub(crate) cpu_us_per_player_tick: f64,
    /// Messages that arrived, per player and tick; 1 when the players keep up.
    pub(crate) received_per_player_tick: f64,
    pub(crate) ticks: u64,
}

/// Runs one end until it is done (server) or the server is gone (players).
///
/// # Errors
/// A socket cannot be opened.
pub(crate) fn run_end(end: &End) -> Result<()> {
    match (end.kind, end.server) {
        (kind, Some(server)) => load::run(kind, &end.traffic, server),
        (Kind::Udp, None) => serve::udp(&end.traffic),
        (Kind::Tcp, None) => serve::tcp(&end.traffic),
    }
}

/// Runs both ends in processes of their own and says what the server's cost.
///
/// # Errors
/// An end cannot be started or gives no figures.
pub(crate) fn measure(kind: Kind, traffic: &Traffic) -> Result<Floor> {
    let mut server = spawn(SERVER_CORE, kind, traffic, None)?;
    let mut lines = BufReader::new(server.stdout.take().context("the loop has no output")?).lines();
    let address = lines.next().context("the loop ended early")??;
    let mut players = spawn(LOAD_CORE, kind, traffic, Some(&address))?;
    let figures = lines.next().context("the loop gave no figures");
    let ended = server.wait();
    // Players of a datagram socket cannot notice that the server has gone.
    players.kill().and_then(|()| players.wait()).context("the loop's players are lost")?;
    ended.context("the loop is lost")?;
    serde_json::from_str(&figures??).context("the loop's figures cannot be read")
}

fn spawn(core: usize, kind: Kind, traffic: &Traffic, server: Option<&str>) -> Result<Child> {
    let Traffic { players, hz, up_bytes, down_bytes, seconds } = traffic;
    let program = std::env::current_exe().context("this program does not know itself")?;
    let mut command = pinned::command(core, &program);
    command.args(["floor", kind.to_possible_value().expect("every kind has a name").get_name()]);
    command.args(["--players".into(), players.to_string(), "--hz".into(), hz.to_string()]);
    command.args(["--up-bytes".into(), up_bytes.to_string(), "--down-bytes".into(), down_bytes.to_string()]);
    command.args(["--seconds".into(), seconds.to_string()]);
    if let Some(server) = server {
        command.args(["--server", server]);
    }
    command.stdout(if server.is_none() { Stdio::piped() } else { Stdio::null() });
    command.spawn().context("the loop cannot be started")
}

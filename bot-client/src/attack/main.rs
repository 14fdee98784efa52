//! `ricochet-attack`: floods a server of your own with one kind of abuse, so that `cargo xtask siege` can show how it
//! affects the players. `ricochet-bots --behavior hostile` does what a player's client itself can do wrong.

mod chat;
mod connections;
mod datagrams;
mod handshakes;
mod pace;
mod requests;
mod target;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Parser, ValueEnum};

use self::{pace::Pace, target::Target};

/// Floods a server with one kind of abuse. The server must be on this machine: the attack comes from many loopback
/// addresses.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-attack", version)]
struct Args {
    /// Address of the server's HTTP listener, on the loopback
    #[arg(long, value_name = "IP:PORT")]
    http: std::net::SocketAddr,
    /// Kind of the attack
    #[arg(long, value_enum)]
    kind: Kind,
    /// Duration of the attack
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    seconds: f64,
    /// Attempts per second; the default depends on the kind
    #[arg(long)]
    rate: Option<u32>,
}

/// Kinds of attacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// First packets of QUIC from many ports; the server's Retry is never answered
    Initials,
    /// QUIC handshakes that prove their address and then close
    Handshakes,
    /// Random bytes on the UDP port, half of them behind a QUIC header
    Junk,
    /// TCP connections that send nothing, or half a head
    HalfOpen,
    /// WebSockets that never send a hello
    Upgrades,
    /// Heads that are sent byte by byte
    SlowWriters,
    /// Requests for the page whose answers are never read
    SlowReaders,
    /// Joins whose seats are never used
    Joins,
    /// Requests that are too large or malformed
    Malformed,
    /// Hellos with invented tickets
    Tickets,
    /// Many requests, one after another, on connections that stay open
    Gets,
    /// Players of one room that all send as many chat lines as they may at the same moment
    Chat,
    /// First packets of QUIC, dozens per system call
    Segments,
    /// HTTP connections from many networks, as many as the server accepts
    Places,
}

impl Kind {
    /// Attempts per second: as many as leave enough of a core for the bots that play meanwhile.
    const fn rate(self) -> u32 {
        match self {
            Self::Segments => 60_000,
            Self::Junk => 20_000,
            Self::Gets => 5_000,
            Self::Initials => 4_000,
            Self::SlowWriters | Self::Places => 2_000,
            // Each attempt is a burst of all players, which then wait until they may chat again.
            Self::Chat => 1,
            Self::HalfOpen | Self::Upgrades | Self::Malformed | Self::Joins => 500,
            Self::Handshakes | Self::Tickets | Self::SlowReaders => 200,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    if !args.http.ip().is_loopback() {
        eprintln!(
            "ricochet-attack: {} is not a loopback address; only a server on this machine may be attacked",
            args.http
        );
        return ExitCode::from(2);
    }
    match attack(&args).await {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("ricochet-attack: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the attack and returns the number of attempts.
async fn attack(args: &Args) -> anyhow::Result<u64> {
    let target = Target::find(args.http).await?;
    let until = Instant::now() + Duration::from_secs_f64(args.seconds);
    let pace = Pace::new(args.rate.unwrap_or(args.kind.rate()), until);
    match args.kind {
        Kind::Initials => datagrams::initials(&target, pace).await,
        Kind::Junk => datagrams::junk(&target, pace).await,
        Kind::Handshakes => handshakes::come_and_go(&target, pace).await,
        Kind::Tickets => handshakes::guess(&target, pace).await,
        Kind::HalfOpen => connections::half_open(&target, pace).await,
        Kind::Upgrades => connections::upgrades(&target, pace).await,
        Kind::SlowWriters => connections::slow_writers(&target, pace).await,
        Kind::SlowReaders => connections::slow_readers(&target, pace).await,
        Kind::Joins => connections::joins(&target, pace).await,
        Kind::Malformed => connections::malformed(&target, pace).await,
        Kind::Gets => requests::gets(&target, pace).await,
        Kind::Places => requests::places(&target, pace).await,
        Kind::Chat => chat::bursts(&target, pace).await,
        Kind::Segments => datagrams::segments(&target, pace).await,
    }
}

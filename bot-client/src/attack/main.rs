//! `ricochet-attack`: floods a server of your own with one kind of abuse, so that `cargo xtask siege` can show what its
//! players notice of it. What players themselves can do wrong, `ricochet-bots --behavior hostile` does.

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

/// Floods a server with one kind of abuse. Only servers on this machine: it comes from many addresses of the loopback.
#[derive(Parser, Clone, Debug)]
#[command(name = "ricochet-attack", version)]
struct Args {
    /// Where the server answers HTTP, on the loopback
    #[arg(long, value_name = "IP:PORT")]
    http: std::net::SocketAddr,
    /// What to do
    #[arg(long, value_enum)]
    kind: Kind,
    /// For how long
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    seconds: f64,
    /// How often a second; by default as the kind has it
    #[arg(long)]
    rate: Option<u32>,
}

/// Kinds of abuse.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Kind {
    /// First packets of QUIC from many ports, whose Retry nobody answers
    Initials,
    /// QUIC handshakes that prove their address and go away
    Handshakes,
    /// Bytes without sense on the UDP port, half of them with a header of QUIC
    Junk,
    /// TCP connections that say nothing, or half a head
    HalfOpen,
    /// WebSockets that never say hello
    Upgrades,
    /// Heads that come a byte at a time
    SlowWriters,
    /// Requests for the page whose answers nobody reads
    SlowReaders,
    /// Joins that nobody uses
    Joins,
    /// Requests that are too large, or none
    Malformed,
    /// Hellos with tickets out of the air
    Tickets,
    /// Requests one behind the other on connections that are kept
    Gets,
    /// Players of one room who say all they may at the same moment
    Chat,
    /// First packets of QUIC, dozens with one system call
    Segments,
    /// Connections of HTTP from many networks, as many as a server has places
    Places,
}

impl Kind {
    /// Times a second: as much as leaves the bots beside it enough of their core.
    const fn rate(self) -> u32 {
        match self {
            Self::Segments => 60_000,
            Self::Junk => 20_000,
            Self::Gets => 5_000,
            Self::Initials => 4_000,
            Self::SlowWriters | Self::Places => 2_000,
            // Each is a burst of all of them, and waits until they may talk again.
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
        eprintln!("ricochet-attack: {} is not of this machine; only a server of your own is attacked", args.http);
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

/// Gives how often it was done.
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

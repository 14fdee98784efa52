//! Options that all commands with bots share: server, transport, game, behaviour, network conditions.

use std::{path::PathBuf, time::Duration};

use client::native::Trust;
use serde::{Deserialize, Serialize};
use shared::conditioner::ConditionerConfig;

use crate::options::{behavior::BehaviorKind, number::number, transport::TransportChoice};

/// Options that all commands with bots share.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct CommonArgs {
    /// Address of the server's HTTP listener
    #[arg(long, default_value = "http://127.0.0.1:8080", value_name = "URL", value_parser = http_url)]
    pub(crate) server: String,
    /// Transport of the bots; mix uses all three in turn
    #[arg(long, value_enum, default_value_t = TransportChoice::Mix)]
    pub(crate) transport: TransportChoice,
    /// Game that the bots play; the first one by default
    #[arg(long, value_name = "NAME")]
    pub(crate) game: Option<String>,
    // The values depend on the games, which add them to the help.
    /// Behavior of the bots
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) behavior: BehaviorKind,
    /// Joins per second
    #[arg(long, default_value_t = 200.0, value_parser = positive)]
    pub(crate) ramp: f64,
    /// Seed of all random decisions of the bots
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Address of the server's ops listener, for the server's figures in the report
    #[arg(long, value_name = "URL", value_parser = http_url)]
    pub(crate) ops: Option<String>,
    /// Join this room
    #[arg(long)]
    pub(crate) room: Option<u32>,
    /// Join a room of this mode
    #[arg(long)]
    pub(crate) mode: Option<String>,
    /// Request plain snapshots
    #[arg(long)]
    pub(crate) plain: bool,
    /// Trust the certificate authorities in this PEM file instead of those of this machine
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    pub(crate) ca: Option<PathBuf>,
    /// Trust any certificate
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Threads that drive the bots, each a part of them
    #[arg(long, default_value_t = 1, value_parser = threads)]
    pub(crate) threads: usize,
    /// Connect with the stock libraries and a task for each bot, instead of threads that drive thousands of bots.
    /// WebTransport and WebSocket over TLS always connect this way
    #[arg(long)]
    pub(crate) stock: bool,
    /// Fail when a link is lost, instead of resuming the session
    #[arg(long)]
    pub(crate) no_resume: bool,
    #[command(flatten)]
    pub(crate) conditions: Conditions,
}

/// Simulated network conditions between every bot and the server, in both directions. On WebSocket a loss becomes a
/// delay.
#[derive(clap::Args, Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[command(next_help_heading = "Simulated network conditions, in both directions")]
pub(crate) struct Conditions {
    /// Delay in one direction
    #[arg(long, default_value_t = 0.0, value_name = "MS", value_parser = milliseconds)]
    pub(crate) delay_ms: f64,
    /// Random change of the delay, evenly distributed
    #[arg(long, default_value_t = 0.0, value_name = "MS", value_parser = milliseconds)]
    pub(crate) jitter_ms: f64,
    /// Messages that are lost
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    pub(crate) loss_percent: f64,
    /// Messages that arrive twice
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    pub(crate) duplicate_percent: f64,
    /// Messages that are held back so that later ones overtake them
    #[arg(long, default_value_t = 0.0, value_name = "PERCENT", value_parser = percent)]
    pub(crate) reorder_percent: f64,
}

impl CommonArgs {
    /// The certificates that bots accept.
    pub(crate) fn trust(&self) -> anyhow::Result<Trust> {
        Ok(match &self.ca {
            Some(path) => Trust::authorities(path)?,
            None if self.insecure => Trust::anyone(),
            None => Trust::default(),
        })
    }
}

impl Conditions {
    /// Converts to the units of the link conditioner.
    pub(crate) fn config(&self) -> ConditionerConfig {
        let Self { delay_ms, jitter_ms, loss_percent, duplicate_percent, reorder_percent } = *self;
        ConditionerConfig {
            delay: Duration::from_secs_f64(delay_ms / 1_000.0),
            jitter: Duration::from_secs_f64(jitter_ms / 1_000.0),
            loss: loss_percent / 100.0,
            duplicate: duplicate_percent / 100.0,
            reorder: reorder_percent / 100.0,
        }
    }
}

fn http_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    match matches!(url.scheme(), "http" | "https") && url.has_host() {
        true => Ok(text.to_owned()),
        false => Err("must be http://host:port or https://host:port".into()),
    }
}

fn positive(text: &str) -> Result<f64, String> {
    number(text, 0.1, 100_000.0)
}

fn milliseconds(text: &str) -> Result<f64, String> {
    number(text, 0.0, 10_000.0)
}

fn percent(text: &str) -> Result<f64, String> {
    number(text, 0.0, 100.0)
}

fn threads(text: &str) -> Result<usize, String> {
    Ok(number(text, 1.0, 256.0)? as usize)
}

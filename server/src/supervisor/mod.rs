//! Whoever started the server hears how it is: systemd by its socket, Agones by its sidecar. Without either, nobody does.
//!
//! ```text
//! ready ──> beat ──> beat ──> … ──> stopping, with the time it may take ──> over
//!            only while every shard makes its turns: a silent one ends the beats, and so gets the server restarted;
//!            an overloaded one makes them, so it never does
//! ```

mod agones;
mod systemd;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tracing::error;

use self::{agones::Agones, systemd::Systemd};
use crate::{
    drain::Status,
    lobby::Lobby,
    ops::{GIVEN_UP, silent_shards},
};

/// Those who watch over this process.
#[derive(Debug)]
pub(crate) struct Supervisor {
    systemd: Option<Systemd>,
    agones: Option<Agones>,
}

/// Agones wants to hear of a server every five seconds, unless told otherwise.
const BEAT_PERIOD: Duration = Duration::from_secs(2);

impl Supervisor {
    /// Those that the environment names.
    pub(crate) fn from_environment() -> Self {
        Self { systemd: Systemd::from_environment(), agones: Agones::from_environment() }
    }

    /// Tells that the server serves, then beats for as long as it does.
    pub(crate) async fn beat(self: Arc<Self>, lobby: Arc<Lobby>) {
        let Self { systemd, agones } = &*self;
        if systemd.is_none() && agones.is_none() {
            return;
        }
        if let Some(systemd) = systemd {
            systemd.ready();
        }
        let fastest = systemd.as_ref().and_then(Systemd::watchdog).map_or(BEAT_PERIOD, |watchdog| watchdog / 3);
        let mut period = tokio::time::interval(fastest.min(BEAT_PERIOD));
        let mut silent_before = None;
        loop {
            period.tick().await;
            let silent = silent_shards(&lobby.directory, Instant::now(), GIVEN_UP);
            if silent.is_some() && silent != silent_before {
                error!(silent, "the supervisor is not told that the server is well");
            }
            if silent.is_none() {
                if let Some(systemd) = systemd {
                    systemd.beat(&lobby);
                    if let Status::Draining { left } = lobby.drainer.status() {
                        systemd.stopping(left);
                    }
                }
                if let Some(agones) = agones {
                    agones.beat(lobby.directory.players() > 0).await;
                }
            }
            silent_before = silent;
        }
    }

    /// The server says goodbye now.
    pub(crate) fn stopping(&self) {
        if let Some(systemd) = &self.systemd {
            systemd.stopping(Duration::ZERO);
        }
    }

    /// Nobody is left on the server.
    pub(crate) async fn over(&self) {
        if let Some(agones) = &self.agones {
            agones.shutdown().await;
        }
    }
}

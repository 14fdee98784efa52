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
/// No watchdog asks for more; what is in the environment may be anything.
const BEAT_PERIOD_LEAST: Duration = Duration::from_millis(100);

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
        let mut period = tokio::time::interval(beat_period(systemd.as_ref().and_then(Systemd::watchdog)));
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

/// How often to beat for a watchdog that waits for so long. None waits for no time at all (sd_watchdog_enabled(3)).
fn beat_period(watchdog: Option<Duration>) -> Duration {
    let watchdog = watchdog.filter(|watchdog| !watchdog.is_zero());
    watchdog.map_or(BEAT_PERIOD, |watchdog| (watchdog / 3).clamp(BEAT_PERIOD_LEAST, BEAT_PERIOD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_three_times_as_frequent_as_the_watchdog_within_reason() {
        let secs = Duration::from_secs;
        assert_eq!(beat_period(None), BEAT_PERIOD);
        assert_eq!(beat_period(Some(secs(30))), BEAT_PERIOD);
        assert_eq!(beat_period(Some(secs(3))), secs(1));
        // A period of zero is a panic.
        assert_eq!(beat_period(Some(Duration::ZERO)), BEAT_PERIOD);
        assert_eq!(beat_period(Some(Duration::from_micros(1))), BEAT_PERIOD_LEAST);
    }
}

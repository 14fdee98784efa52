//! Reports the server's health to the program that supervises it: systemd by its socket, Agones by its sidecar, or none.
//!
//! ```text
//! ready ──> heartbeat ──> heartbeat ──> … ──> stopping, with the time it may take ──> over
//!            only while every shard makes turns: a silent shard stops the heartbeats, and so gets the server restarted;
//!            an overloaded shard still makes turns, so it does not
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
    directory::drain::Status,
    lobby::Lobby,
    ops::{GIVEN_UP, silent_shards},
};

/// The supervisors of this process.
#[derive(Debug)]
pub(crate) struct Supervisor {
    systemd: Option<Systemd>,
    agones: Option<Agones>,
}

/// Agones expects a heartbeat every five seconds by default.
const BEAT_PERIOD: Duration = Duration::from_secs(2);
/// Lower bound for values from the environment; no watchdog needs more heartbeats.
const BEAT_PERIOD_LEAST: Duration = Duration::from_millis(100);

impl Supervisor {
    /// The supervisors that the environment names.
    pub(crate) fn from_environment() -> Self {
        Self { systemd: Systemd::from_environment(), agones: Agones::from_environment() }
    }

    /// Reports that the server is ready, then sends heartbeats; never returns if there is a supervisor.
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
                error!(silent, "no heartbeat is sent to the supervisor");
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

    /// Reports that the server ends now.
    pub(crate) fn stopping(&self) {
        if let Some(systemd) = &self.systemd {
            systemd.stopping(Duration::ZERO);
        }
    }

    /// Reports that the server is empty and has ended.
    pub(crate) async fn over(&self) {
        if let Some(agones) = &self.agones {
            agones.shutdown().await;
        }
    }
}

/// Period of heartbeats for a watchdog's time-out. A time-out of zero means that there is no watchdog (sd_watchdog_enabled(3)).
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
        // tokio panics at a period of zero.
        assert_eq!(beat_period(Some(Duration::ZERO)), BEAT_PERIOD);
        assert_eq!(beat_period(Some(Duration::from_micros(1))), BEAT_PERIOD_LEAST);
    }
}

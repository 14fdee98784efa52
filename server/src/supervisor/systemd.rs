//! The service manager of most Linux machines, told over the socket of `NOTIFY_SOCKET` (sd_notify(3)).

use std::time::Duration;

use crate::lobby::Lobby;

/// A unit of `Type=notify` that we run in.
#[derive(Debug)]
pub(super) struct Systemd {
    watchdog: Option<Duration>,
}

/// What an end takes beyond its drain, generously: sealing, goodbyes, requests that run.
const AFTER_DRAIN: Duration = Duration::from_secs(10);

#[cfg(target_os = "linux")]
impl Systemd {
    pub(super) fn from_environment() -> Option<Self> {
        std::env::var_os("NOTIFY_SOCKET")?;
        Some(Self { watchdog: sd_notify::watchdog_enabled() })
    }

    /// Within this time it wants to hear of us, if it cares.
    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    /// Players may come.
    pub(super) fn ready(&self) {
        self.tell(&[sd_notify::NotifyState::Ready]);
    }

    /// All is well; `systemctl status` shows who is here.
    pub(super) fn beat(&self, lobby: &Lobby) {
        let (players, rooms) = (lobby.directory.players(), lobby.directory.rooms().len());
        let overloaded =
            crate::ops::overloaded_shards(&lobby.directory).map_or_else(String::new, |words| format!("; {words}"));
        let status = format!("{players} players in {rooms} rooms{overloaded}");
        self.tell(&[sd_notify::NotifyState::Watchdog, sd_notify::NotifyState::Status(&status)]);
    }

    /// The server ends within `left` and a little more: so long it shall not be killed.
    pub(super) fn stopping(&self, left: Duration) {
        let within_us = u32::try_from((left + AFTER_DRAIN).as_micros()).unwrap_or(u32::MAX);
        self.tell(&[sd_notify::NotifyState::Stopping, sd_notify::NotifyState::ExtendTimeoutUsec(within_us)]);
    }

    fn tell(&self, states: &[sd_notify::NotifyState<'_>]) {
        if let Err(error) = sd_notify::notify(states) {
            tracing::debug!(%error, "systemd does not listen");
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Systemd {
    pub(super) fn from_environment() -> Option<Self> {
        None
    }

    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    pub(super) fn ready(&self) {}

    pub(super) fn beat(&self, _: &Lobby) {}

    pub(super) fn stopping(&self, _: Duration) {
        let _ = AFTER_DRAIN;
    }
}

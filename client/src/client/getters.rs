//! What there is to read of a client.

use std::time::Duration;

use shared::{
    PlayerId,
    wire::{SessionMessage, Welcome},
};

use super::{Client, Ending, Phase};
use crate::{clock::Clock, own::OwnCraft, roster::Roster, screen::Screen, stats::Stats, view::View};

impl Client {
    /// What is there.
    pub const fn view(&self) -> &View {
        &self.view
    }

    /// The own craft, ahead of the view.
    pub const fn own(&self) -> &OwnCraft {
        &self.own
    }

    /// When the others are shown, if there is a screen.
    pub const fn screen(&self) -> Option<&Screen> {
        self.screen.as_ref()
    }

    /// Who plays, and where the match is.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The server's welcome, while playing.
    pub const fn welcome(&self) -> Option<&Welcome> {
        match &self.phase {
            Phase::Playing { welcome, .. } => Some(welcome),
            Phase::Joining | Phase::Ended(_) => None,
        }
    }

    /// How to come back when the link is lost, as the server said last.
    pub const fn session(&self) -> Option<&SessionMessage> {
        self.session.as_ref()
    }

    /// When the server was last heard.
    pub const fn heard_at(&self) -> Duration {
        self.silence.heard_at()
    }

    /// The own seat, while playing; a spectator has none.
    pub fn player(&self) -> Option<PlayerId> {
        self.welcome()?.member.player()
    }

    /// Why the session is over, if it is.
    pub const fn ending(&self) -> Option<&Ending> {
        match &self.phase {
            Phase::Ended(ending) => Some(ending),
            Phase::Joining | Phase::Playing { .. } => None,
        }
    }

    /// The clock, once it runs.
    pub const fn clock(&self) -> Option<&Clock> {
        self.clock.as_ref()
    }

    /// Measurements.
    pub const fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Measurements, to poll them.
    pub const fn stats_mut(&mut self) -> &mut Stats {
        &mut self.stats
    }
}

//! What there is to read of a client.

use std::time::Duration;

use shared::{
    PlayerId,
    game::Game,
    wire::{SessionMessage, Welcome},
};

use super::{Client, Ending, Phase};
use crate::{clock::Clock, roster::Roster, screen::Screen, stats::Stats, steered::Ahead, view::View};

impl<G: Game> Client<G> {
    /// What is there.
    pub const fn view(&self) -> &View<G> {
        &self.view
    }

    /// What the player steers, ahead of the view.
    pub const fn ahead(&self) -> &Ahead<G> {
        &self.ahead
    }

    /// When the others are shown, if there is a screen.
    pub const fn screen(&self) -> Option<&Screen<G>> {
        self.screen.as_ref()
    }

    /// Who plays.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// What everybody knows beside the entities: kept from the events of the game.
    pub const fn board(&self) -> &G::Board {
        &self.board
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

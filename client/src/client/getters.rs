//! The getters of a client.

use std::time::Duration;

use shared::{
    PlayerId,
    game::Game,
    wire::{SessionMessage, Welcome},
};

use super::{Client, Ending, Phase};
use crate::{clock::Clock, roster::Roster, screen::Screen, stats::Stats, steered::Ahead, view::View};

impl<G: Game> Client<G> {
    /// The replicated entities, as of the newest snapshot.
    pub const fn view(&self) -> &View<G> {
        &self.view
    }

    /// The prediction of what the player steers.
    pub const fn ahead(&self) -> &Ahead<G> {
        &self.ahead
    }

    /// The tracks and the render clock; `None` without [`super::ClientConfig::draw`] and before the welcome.
    pub const fn screen(&self) -> Option<&Screen<G>> {
        self.screen.as_ref()
    }

    /// The players of the room.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// The game's state that every player knows apart from the entities, built from the game's events.
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

    /// The newest resume token that the server sent, to resume the session after the link is lost.
    pub const fn session(&self) -> Option<&SessionMessage> {
        self.session.as_ref()
    }

    /// Time of the last message from the server.
    pub const fn heard_at(&self) -> Duration {
        self.silence.heard_at()
    }

    /// The player's seat, while playing; a spectator has none.
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

    /// The tick clock, once it has started.
    pub const fn clock(&self) -> Option<&Clock> {
        self.clock.as_ref()
    }

    /// Counters and measurements of the session.
    pub const fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The same, to poll single measurements from.
    pub const fn stats_mut(&mut self) -> &mut Stats {
        &mut self.stats
    }
}

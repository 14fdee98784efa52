//! A room's match at one tick, with the past ticks that its next ticks may look up.

use shared::game::{Game, Past, Trail};

use crate::play::Play;

/// A copy of a match, from which a delayed world can start.
#[derive(Debug)]
pub(super) struct Keyframe<G: Game> {
    play: Play<G>,
    /// Number of steps made until then.
    step: u64,
    trail: Trail<G::Entity>,
}

impl<G: Game> Keyframe<G> {
    /// A copy of the present match, without its unsent events.
    pub(super) fn of(play: &Play<G>, past: &dyn Past<G::Entity>, step: u64) -> Self {
        let trail = play.trail(past);
        let mut play = play.clone();
        play.forget_told();
        Self { play, step, trail }
    }

    pub(super) fn step(&self) -> u64 {
        self.step
    }

    pub(super) fn play(&self) -> &Play<G> {
        &self.play
    }

    pub(super) fn trail(&self) -> &Trail<G::Entity> {
        &self.trail
    }
}

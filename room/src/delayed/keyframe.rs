//! A room's match at one tick, and as much of its past as its next ticks may ask for.

use shared::game::{Game, Past, Trail};

use crate::play::Play;

/// See the module.
#[derive(Debug)]
pub(super) struct Keyframe<G: Game> {
    play: Play<G>,
    /// Steps that were made until then.
    step: u64,
    trail: Trail<G::Entity>,
}

impl<G: Game> Keyframe<G> {
    /// The match as it is now. What nobody was told yet is left out.
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

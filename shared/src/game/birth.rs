//! How something came about that a player's input made.

use crate::{id::PlayerId, tick::Tick};

/// Tells something that a player brought into being from everything else, for its whole life: see
/// [`Game::birth`](crate::game::Game::birth).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Birth {
    /// Who made it.
    pub player: PlayerId,
    /// The tick of its first state.
    pub tick: Tick,
    /// Tells what one player made in one tick apart: 0 where that is one thing at most.
    pub number: u8,
}

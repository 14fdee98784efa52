//! The identity of an entity that a player's input made.

use crate::{id::PlayerId, tick::Tick};

/// The identity of an entity that a player made, such as a projectile. It is equal on the client, which predicts the entity before it has
/// an id, and on the server. See [`Game::birth`](crate::game::Game::birth).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Birth {
    /// The player who made it.
    pub player: PlayerId,
    /// The tick of its first state.
    pub tick: Tick,
    /// Distinguishes the entities that one player made in the same tick. Always 0 if a player makes at most one per tick.
    pub number: u8,
}

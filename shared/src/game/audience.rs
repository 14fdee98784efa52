//! The audience of an event.

use crate::id::{EntityId, PlayerId};

/// Who gets an event of the game. It also decides which boards it reaches, see [`Board::handle`](crate::game::Board::handle).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Every player and every spectator.
    All,
    /// Up to two players, such as those of a duel. Name each once. Computer opponents get no events.
    Players([Option<PlayerId>; 2]),
    /// Those players and spectators whose clients have been sent this entity and have not been told that it is gone.
    Seeing(EntityId),
}

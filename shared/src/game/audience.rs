//! The audience of an event.

use crate::id::{EntityId, PlayerId};

/// The receivers of an event. They also decide which boards the event reaches, see [`Board::handle`](crate::game::Board::handle).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Every player and every spectator.
    All,
    /// Up to two players, such as those of a duel. Name each once. Computer opponents get no events.
    Players([Option<PlayerId>; 2]),
    /// The players and spectators whose clients have this entity now.
    Seeing(EntityId),
}

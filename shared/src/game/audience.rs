//! Who is told an event.

use crate::id::{EntityId, PlayerId};

/// Who is told an event of the game.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Audience {
    /// Everyone.
    All,
    /// These, each once.
    Players([Option<PlayerId>; 2]),
    /// Those who know of this entity at the moment.
    Seeing(EntityId),
}

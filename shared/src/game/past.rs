//! What was true in earlier ticks, for lag compensation.

use crate::{id::EntityId, tick::Tick};

/// The states of entities at the end of earlier ticks. A shot that is to hit what its player saw looks where the target was
/// [`PlayerInput::view_age`](crate::game::PlayerInput::view_age) ago. How far back it reaches, and for which entities, is said at
/// [`Turn::past`](crate::game::Turn::past).
pub trait Past<E> {
    /// An entity at the end of `tick`; `None` if it was not there or is not remembered.
    fn entity(&self, id: EntityId, tick: Tick) -> Option<E>;
}

/// Nothing is remembered.
impl<E> Past<E> for () {
    fn entity(&self, _: EntityId, _: Tick) -> Option<E> {
        None
    }
}

impl<E> std::fmt::Debug for dyn Past<E> + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Past")
    }
}

//! The states of entities in earlier ticks, for lag compensation.

use crate::{id::EntityId, tick::Tick};

/// The states of entities at the end of earlier ticks. A shot that should hit what its player saw looks up the target's state
/// [`PlayerInput::view_age`](crate::game::PlayerInput::view_age) ago. [`Turn::past`](crate::game::Turn::past) documents the ticks and
/// the entities that are kept.
pub trait Past<E> {
    /// An entity at the end of `tick`; `None` if it did not exist or its state is not kept.
    fn entity(&self, id: EntityId, tick: Tick) -> Option<E>;
}

/// A past without any states.
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

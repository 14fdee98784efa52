//! The bounds of what players can see: how many entities there are, and where a player looks from.

use glam::IVec2;

use crate::id::EntityId;

/// How many ids of entities a match uses, from 0 on; at most [`ROOM_ENTITIES_MAX`](crate::limits::ROOM_ENTITIES_MAX).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slots {
    /// Entities with ids below this may change, so the engine keeps their states of the last
    /// [`HISTORY_TICKS`](crate::limits::HISTORY_TICKS) ticks, for deltas and for [`Past`](crate::game::Past).
    pub tracked: usize,
    /// All ids are below this. Those from `tracked` on are only for kinds with `#[replicate(once)]`, which are sent at their birth and
    /// never again: projectiles. That saves the memory of their past.
    pub all: usize,
}

impl Slots {
    /// So many ids, all of them tracked: right for most games.
    pub const fn tracked(count: usize) -> Self {
        Self { tracked: count, all: count }
    }
}

/// Where a player looks from, and how far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Viewpoint {
    /// The entity it looks from, most often the one it steers: always sent, and before all others.
    pub entity: Option<EntityId>,
    /// The centre of what it sees, position units.
    pub position: IVec2,
    /// How far it sees, px (16 position units each): entities within it, with their [`Entity::extent`](crate::game::Entity::extent), are
    /// sent, and forgotten from a fifth more on. `None` for what
    /// the host has set, or else [`Map::interest_px`](crate::game::Map::interest_px).
    pub radius_px: Option<u32>,
}

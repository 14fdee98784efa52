//! The bounds of what players can see: the number of entities, and the viewpoint of a player.

use glam::IVec2;

use crate::id::EntityId;

/// The number of entity ids that a match uses, from 0 on; at most [`ROOM_ENTITIES_MAX`](crate::limits::ROOM_ENTITIES_MAX).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slots {
    /// Entities with ids below this may change, so the engine keeps their states of the last
    /// [`HISTORY_TICKS`](crate::limits::HISTORY_TICKS) ticks, for deltas and for [`Past`](crate::game::Past).
    pub tracked: usize,
    /// All ids are below this. Ids from `tracked` on are only for kinds with `#[replicate(once)]`, such as projectiles, which are sent at
    /// their birth and never again. The engine keeps no past states of them, which saves memory.
    pub all: usize,
}

impl Slots {
    /// `count` ids, all of them tracked: right for most games.
    pub const fn tracked(count: usize) -> Self {
        Self { tracked: count, all: count }
    }
}

/// The centre and the radius of a player's view.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Viewpoint {
    /// The entity at the centre, mostly the one that the player steers. It is always sent, and before all others.
    pub entity: Option<EntityId>,
    /// The centre of the view, position units.
    pub position: IVec2,
    /// Radius of the view, px (16 position units each). Entities within it, with their [`Entity::extent`](crate::game::Entity::extent), are
    /// sent, and removed when they are a fifth farther away. `None` for the host's setting, or else
    /// [`Map::interest_px`](crate::game::Map::interest_px).
    pub radius_px: Option<u32>,
}

//! What players can be told of: how many entities there are, and where a player looks from.

use glam::IVec2;

use crate::id::EntityId;

/// Places for entities: ids from 0 on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Slots {
    /// Entities with ids below this may be sent more than once, so the last ticks of each are kept.
    pub tracked: usize,
    /// All. Those from `tracked` on are only of kinds that are sent once, at their birth.
    pub all: usize,
}

impl Slots {
    /// So many, all tracked.
    pub const fn tracked(count: usize) -> Self {
        Self { tracked: count, all: count }
    }
}

/// Where a player looks from, and how far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Viewpoint {
    /// What it looks from, most often what it steers: this one is always told, and before all others.
    pub entity: Option<EntityId>,
    /// The middle of what it sees, position units.
    pub position: IVec2,
    /// How far it sees, px; `None` for as far as the room's settings or the map say.
    pub radius_px: Option<u32>,
}

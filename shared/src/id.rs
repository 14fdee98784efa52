//! Identities, each a type of its own.

/// A seat in a room. Freed when its player leaves, then reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PlayerId(pub u16);

impl PlayerId {
    /// The seat as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The craft this player steers: crafts have the lowest entity ids, one per seat.
    pub const fn craft(self) -> EntityId {
        EntityId(self.0)
    }
}

/// A place in a room's entity table. Crafts come first (one per seat), then pickups, then shells, so that the ids in
/// one snapshot lie close together and their gaps fit one byte. A freed place is reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntityId(pub u16);

impl EntityId {
    /// The place as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A room of this server, never reused while the server runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RoomId(pub u32);

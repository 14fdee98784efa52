//! Identities. Each has its own type, so that one cannot be used in place of another.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A seat in a room. Freed when its player leaves, then reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct PlayerId(pub u16);

impl PlayerId {
    /// The seat as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A spectator slot of a room. Freed when its spectator leaves, then reused. It is not a seat, and nothing that is stored by seat
/// can be looked up with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SpectatorId(pub u16);

impl SpectatorId {
    /// The slot as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A member of a room: a player in a seat, or a spectator in a slot. Both have a link; only a player plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum MemberId {
    /// A player in a seat.
    Player(PlayerId),
    /// A spectator in a slot.
    Spectator(SpectatorId),
}

impl MemberId {
    /// The seat, if this member has one.
    pub const fn player(self) -> Option<PlayerId> {
        match self {
            Self::Player(player) => Some(player),
            Self::Spectator(_) => None,
        }
    }

    /// Returns true for a spectator.
    pub const fn is_spectator(self) -> bool {
        matches!(self, Self::Spectator(_))
    }

    /// Seat or slot as a number, to spread work over ticks so that not all members cause it in the same one.
    pub const fn ordinal(self) -> u16 {
        match self {
            Self::Player(player) => player.0,
            Self::Spectator(spectator) => spectator.0,
        }
    }

    /// One number for seats and slots, for the wire and for display: slots follow after the `seats` of the room.
    pub const fn number(self, seats: u16) -> u16 {
        match self {
            Self::Player(player) => player.0,
            Self::Spectator(spectator) => seats + spectator.0,
        }
    }

    /// The member with this [`MemberId::number`].
    pub const fn from_number(number: u16, seats: u16) -> Self {
        match number.checked_sub(seats) {
            Some(slot) => Self::Spectator(SpectatorId(slot)),
            None => Self::Player(PlayerId(number)),
        }
    }
}

impl fmt::Display for MemberId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Player(player) => write!(f, "player {}", player.0),
            Self::Spectator(spectator) => write!(f, "spectator {}", spectator.0),
        }
    }
}

impl From<PlayerId> for MemberId {
    fn from(player: PlayerId) -> Self {
        Self::Player(player)
    }
}

impl From<SpectatorId> for MemberId {
    fn from(spectator: SpectatorId) -> Self {
        Self::Spectator(spectator)
    }
}

/// A place in a room's entity table, numbered by the game. Entities that are often in one snapshot should have close numbers,
/// so that the gaps between them fit one byte. A freed place is reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EntityId(pub u16);

impl EntityId {
    /// The place as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A room of this server. Its number is never reused while the server runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RoomId(pub u32);

//! Identities, each a type of its own.

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

/// A spectator slot of a room. Freed when its spectator leaves, then reused. It is no seat: nothing that is kept by seat
/// can be looked up with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct SpectatorId(pub u16);

impl SpectatorId {
    /// The slot as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A member of a room: a player in a seat, or a spectator in a slot. Both have a link, only one plays.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum MemberId {
    /// Has a seat.
    Player(PlayerId),
    /// Only watches.
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

    /// Whether this member only watches.
    pub const fn is_spectator(self) -> bool {
        matches!(self, Self::Spectator(_))
    }

    /// Seat or slot: what staggers work that not all members should cause in the same tick.
    pub const fn ordinal(self) -> u16 {
        match self {
            Self::Player(player) => player.0,
            Self::Spectator(spectator) => spectator.0,
        }
    }

    /// One number for both, as the wire and people have it: slots are numbered on from the seats.
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

/// A place in a room's entity table, as the game numbers them: those that often stand in one snapshot should lie close
/// together, so that their gaps fit one byte. A freed place is reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct EntityId(pub u16);

impl EntityId {
    /// The place as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A room of this server, never reused while the server runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct RoomId(pub u32);

//! Records in the key-value store. All of them are written by compare-and-set of their revision, but a node's own record.
//!
//! ```text
//! nodes.<node>    NodeRecord    by its node, with a TTL, renewed; its end says that the node is gone
//! rooms.<room>    RoomRecord    by the owner: open, standby, close; by the claimant: a claim; by any node: lost. A room that has ended keeps
//!                               its record for a while, so that an owner that was cut off learns how it ended
//! seats.<room>    SeatsRecord   by any node: a reservation; by the owner: seats taken and freed
//! codes.<code>    CodeRecord    by the owner of a private room
//! ```
//! Numbers in keys are 16 hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    bounded::{self, Blob},
    id::{Epoch, Holder, Incarnation, NodeId, RoomId, SessionId},
    limits::{
        ADDRESS_BYTES_MAX, ADDRESSES_MAX, CERTIFICATES_MAX, CODE_BYTES_MAX, GAMES_MAX, NAME_BYTES_MAX, RESERVATIONS_MAX,
    },
};

/// The revision of a value in the key-value store; 0 where there is none.
pub type Revision = u64;

/// The code of a private room: capitals and digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(#[serde(deserialize_with = "bounded::text::<_, CODE_BYTES_MAX>")] String);

impl Code {
    /// A code of 1 to [`CODE_BYTES_MAX`] capitals and digits.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
        let fits = !text.is_empty() && text.len() <= CODE_BYTES_MAX && text.bytes().all(allowed);
        fits.then(|| Self(text.to_owned()))
    }

    /// Its letters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A key of the store.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// A node's record.
    Node(NodeId),
    /// A room's record.
    Room(RoomId),
    /// A room's seats.
    Seats(RoomId),
    /// The room of a code.
    Code(Code),
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => write!(out, "nodes.{:016x}", node.0),
            Self::Room(room) => write!(out, "rooms.{:016x}", room.0),
            Self::Seats(room) => write!(out, "seats.{:016x}", room.0),
            Self::Code(code) => write!(out, "codes.{}", code.0),
        }
    }
}

impl Key {
    /// Reads a key; `None` if it is none of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once('.')?;
        let number = || match name.len() == 16 && name.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
            true => u64::from_str_radix(name, 16).ok(),
            false => None,
        };
        Some(match kind {
            "nodes" => Self::Node(NodeId(number()?)),
            "rooms" => Self::Room(RoomId(number()?)),
            "seats" => Self::Seats(RoomId(number()?)),
            "codes" => Self::Code(Code::new(name)?),
            _ => return None,
        })
    }
}

/// A node: where it is, and what it can take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NodeRecord {
    /// Its configured name.
    #[serde(deserialize_with = "bounded::text::<_, NAME_BYTES_MAX>")]
    pub name: String,
    /// Its life.
    pub incarnation: Incarnation,
    /// The larger domain of failures: a data centre.
    #[serde(deserialize_with = "bounded::text::<_, NAME_BYTES_MAX>")]
    pub zone: String,
    /// The smaller domain of failures: a machine.
    #[serde(deserialize_with = "bounded::text::<_, NAME_BYTES_MAX>")]
    pub host: String,
    /// Where it answers HTTP and WebSocket.
    #[serde(deserialize_with = "bounded::text::<_, ADDRESS_BYTES_MAX>")]
    pub http: String,
    /// Where its shards listen for QUIC and WebTransport.
    #[serde(deserialize_with = "bounded::list::<_, _, ADDRESSES_MAX>")]
    pub udp: Vec<Address>,
    /// SHA-256 of its certificates.
    #[serde(deserialize_with = "bounded::list::<_, _, CERTIFICATES_MAX>")]
    pub certificate_hashes: Vec<Blob>,
    /// The games that it hosts, with their versions.
    #[serde(deserialize_with = "bounded::list::<_, _, GAMES_MAX>")]
    pub games: Vec<HostedGame>,
    /// Players that it takes.
    pub capacity: u32,
    /// True if it takes no rooms, because it is about to end.
    pub draining: bool,
}

/// An address of a node, as `host:port`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(#[serde(deserialize_with = "bounded::text::<_, ADDRESS_BYTES_MAX>")] pub String);

/// A game that a node hosts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct HostedGame {
    /// Its name.
    #[serde(deserialize_with = "bounded::text::<_, NAME_BYTES_MAX>")]
    pub name: String,
    /// Its version: a room only moves between nodes with the same one.
    pub version: u16,
}

/// The properties of a room that never change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoomSpec {
    /// Its game.
    pub game: HostedGame,
    /// Its mode.
    #[serde(deserialize_with = "bounded::text::<_, NAME_BYTES_MAX>")]
    pub mode: String,
    /// Its seats, at most [`SEATS_MAX`](crate::limits::SEATS_MAX).
    pub seats: u16,
    /// Microseconds of a tick.
    pub tick_us: u32,
    /// The code that lets players in; `None` for a public room.
    pub code: Option<Code>,
}

/// True if a room goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RoomState {
    /// It does.
    Open,
    /// Its owner has closed it.
    Closed,
    /// Nobody seemed to have a copy any more. The owner of this record opens it again if it was only cut off.
    Lost,
}

/// The owner and the standby of a room.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RoomRecord {
    /// True if it goes on.
    pub state: RoomState,
    /// The node that ticks it.
    pub owner: Holder,
    /// The node that plays along.
    pub standby: Option<Holder>,
    /// How often it has changed its owner.
    pub epoch: Epoch,
    /// The properties of the room.
    pub spec: RoomSpec,
}

/// The seats of a room. `taken` and `reserved` together are at most `seats`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SeatsRecord {
    /// All seats.
    pub seats: u16,
    /// Seats with a player, as the owner counted them.
    pub taken: u16,
    /// Seats that are kept for players with these tickets.
    #[serde(deserialize_with = "bounded::list::<_, _, RESERVATIONS_MAX>")]
    pub reserved: Vec<SessionId>,
}

impl SeatsRecord {
    /// Seats that nobody has.
    #[must_use]
    pub fn free(&self) -> usize {
        usize::from(self.seats).saturating_sub(usize::from(self.taken) + self.reserved.len())
    }
}

/// The room of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CodeRecord {
    /// The room.
    pub room: RoomId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let code = Code::new("K7PX").expect("capitals and digits");
        for key in [Key::Node(NodeId(7)), Key::Room(RoomId(u64::MAX)), Key::Seats(RoomId(0)), Key::Code(code)] {
            assert_eq!(Key::parse(&key.to_string()), Some(key));
        }
    }

    #[test]
    fn other_keys_are_none_of_ours() {
        for text in ["", "nodes", "nodes.7", "nodes.000000000000000G", "rooms.+00000000000000f", "codes.k7px", "a.b"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
    }
}

//! The messages between client and server. Every message is one MessagePack array whose first element is its kind.
//!
//! `docs/protocol.md` documents the layouts. Tests compare code and document with the vectors in `tests/data/wire/` and in each game's
//! folder of that name.

mod client;
mod codec;
mod deframer;
mod disconnect_reason;
mod error;
mod event;
mod map_message;
mod server;
mod snapshot;
mod welcome;
mod well_formed;

pub use client::{Ack, ClientMessage, Hello, InputBytes, InputMessage};
pub use codec::{POSITION_MAX, Reader, Writer};
pub use deframer::{Deframer, enframe};
pub use disconnect_reason::DisconnectReason;
pub use error::DecodeError;
pub use event::{Event, GameEvents};
pub use map_message::MapMessage;
pub use server::{ServerMessage, SessionMessage};
pub use snapshot::{Checksum, NO_BASELINE, SHORT_TICK_AGE_MAX, SnapshotHeader, header_flags, operation};
pub use welcome::Welcome;
pub(crate) use well_formed::read_value;

/// Kinds of messages. The two directions share one numbering, so that the kind of a captured message also gives its direction.
pub mod kind {
    /// Client: opens the session.
    pub const HELLO: u8 = 0;
    /// Client: inputs and acknowledgement.
    pub const INPUT: u8 = 1;
    /// Client: requests a pong.
    pub const PING: u8 = 2;
    /// Client: a line of chat.
    pub const CHAT: u8 = 3;
    /// Client: leaves the room.
    pub const LEAVE: u8 = 4;
    /// Client: requests every entity in full.
    pub const RESYNC: u8 = 5;
    /// Client, a spectator: the player to watch.
    pub const WATCH: u8 = 6;
    /// Server: the session is open.
    pub const WELCOME: u8 = 16;
    /// Server: the link will close, with a reason.
    pub const GOODBYE: u8 = 17;
    /// Server: a snapshot, what the player may know at a tick.
    pub const SNAPSHOT: u8 = 18;
    /// Server: a snapshot with absolute values in place of deltas, for simple clients.
    pub const PLAIN_SNAPSHOT: u8 = 19;
    /// Server: events of the room.
    pub const EVENTS: u8 = 20;
    /// Server: answers a ping.
    pub const PONG: u8 = 21;
    /// Server: the map of an epoch.
    pub const MAP: u8 = 22;
    /// Server: the token that resumes the session after a lost link.
    pub const SESSION: u8 = 23;
    /// Server: the client must drop its entities; snapshots count from a given tick on.
    pub const RESTART: u8 = 24;
    /// Server: events of the game.
    pub const GAME_EVENTS: u8 = 25;
}

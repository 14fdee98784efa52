//! Every message is one MessagePack array whose first element is its kind.
//!
//! `docs/protocol.md` describes the layouts for people; `tests/data/wire/` and the folder of that name of each game hold vectors that keep both honest.

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

/// Kinds of messages. The two directions share one numbering, so that a captured message explains itself.
pub mod kind {
    /// Client: opens the session.
    pub const HELLO: u8 = 0;
    /// Client: inputs and acknowledgement.
    pub const INPUT: u8 = 1;
    /// Client: asks for a pong.
    pub const PING: u8 = 2;
    /// Client: a line of chat.
    pub const CHAT: u8 = 3;
    /// Client: leaves.
    pub const LEAVE: u8 = 4;
    /// Client: lost track, wants every state whole.
    pub const RESYNC: u8 = 5;
    /// Client, a spectator: whom to watch.
    pub const WATCH: u8 = 6;
    /// Server: the session is open.
    pub const WELCOME: u8 = 16;
    /// Server: the link will close, and why.
    pub const GOODBYE: u8 = 17;
    /// Server: what the player may know at a tick.
    pub const SNAPSHOT: u8 = 18;
    /// Server: the same for clients that do not extrapolate.
    pub const PLAIN_SNAPSHOT: u8 = 19;
    /// Server: things that happened.
    pub const EVENTS: u8 = 20;
    /// Server: answers a ping.
    pub const PONG: u8 = 21;
    /// Server: the map that snapshots of an epoch are on.
    pub const MAP: u8 = 22;
    /// Server: how to come back after a lost link.
    pub const SESSION: u8 = 23;
    /// Server: what is known of entities is void, and from which tick on snapshots count.
    pub const RESTART: u8 = 24;
    /// Server: things that happened in the game.
    pub const GAME_EVENTS: u8 = 25;
}

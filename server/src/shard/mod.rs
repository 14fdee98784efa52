//! A shard: one thread that owns its rooms, their players and their sockets, and runs one loop.
//!
//! ```text
//! wait ──> take commands ──> receive ──> tick the rooms of a due phase ──> chores ──┐
//!  ^                        (every few ms)  (inputs, simulate, replicate, send)     │
//!  └────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! A turn does each of these once and each of them is bounded, so an overloaded shard, which never waits, still does
//! everything; only its rooms are slower.
//!
//! There is no task, lock, channel or wake-up per player or packet: inputs count only at a tick, so no thread needs to wake
//! for one. The control plane sends rooms and sockets through a bounded queue and never waits for the shard.

mod asks;
mod census;
mod chores;
mod clock;
mod closing;
mod door;
mod draining;
mod handle;
mod handshakes;
mod hosted_room;
mod hosting;
mod joining;
mod key_set;
mod link_keys;
mod members;
mod metrics;
mod names;
mod overload;
mod receive_budget;
mod receiving;
mod recent;
mod schedule;
mod seconds;
mod share;
mod standstill;
mod strangers;
mod ticking;
#[cfg(test)]
mod turn_tests;
mod waiter;
mod waiting;
mod worker;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use crossbeam_channel::Sender;
use shared::{RoomId, TickRate, wire::DisconnectReason};

pub use self::{
    asks::{Ask, AskError, Conditions, Found, HeldLook, LinkLook, Reply, RoomLook, ShardLook, Target},
    handle::{SendError, ShardHandle, ThreadEnd, spawn},
    seconds::Second,
};
pub use crate::net::{UpgradedSocket, link_state::Timeouts};
use crate::{
    base::origin::Origins,
    directory::RoomHandle,
    games::Guarded,
    security::guard::{Guard, Lease},
    session::{HeldSession, SessionId},
    storage::recording::Recordings,
};

/// The configuration of a shard.
#[derive(Clone, Debug)]
pub struct ShardConfig {
    /// Its number, as rooms and WebSocket URLs name it.
    pub index: usize,
    /// The address of its UDP socket; port 0 is any free port.
    pub udp: SocketAddr,
    /// The rate of all its rooms.
    pub tick_rate: TickRate,
    /// Certificate and key. The shard sets the protocols itself.
    pub tls: Arc<rustls::ServerConfig>,
    /// The origins whose pages may open WebTransport.
    pub origins: Arc<Origins>,
    /// The server's name, for logs.
    pub server: String,
    /// The time-outs of links.
    pub timeouts: Timeouts,
    /// Limits and bans of addresses.
    pub guard: Arc<Guard>,
    /// Time that the session of a lost link is held; zero: it ends at once.
    pub resume: Duration,
    /// The destination of its rooms' recordings, if they are recorded.
    pub recordings: Option<Recordings>,
    /// Receives the shard's number when its thread has panicked.
    pub deaths: Option<Sender<usize>>,
}

/// A command of the control plane to a shard.
#[derive(Debug)]
pub enum ShardCommand {
    /// Runs another room, until [`ShardCommand::CloseRoom`].
    OpenRoom {
        /// The room's entry in the directory.
        handle: Arc<RoomHandle>,
        /// The room, new or in the middle of a match; its tick rate is that of the shard.
        room: Guarded,
        /// Its held sessions from the server's previous run; their seats are counted already.
        held: Vec<HeldSession>,
    },
    /// Sends a goodbye to every member of a room and removes it.
    CloseRoom(RoomId),
    /// Takes over a WebSocket after its upgrade.
    AdoptWebSocket {
        /// The connection.
        socket: UpgradedSocket,
        /// Bytes that the peer sent right after its request.
        read_ahead: Vec<u8>,
        /// The address of the peer.
        peer: SocketAddr,
        /// The permit that counts the connection; `None` if it is not counted.
        lease: Option<Lease>,
    },
    /// Sends a chat line of the server to every member of a room, or of all rooms.
    Announce {
        /// The room; `None` is all rooms.
        room: Option<RoomId>,
        /// The line.
        text: String,
    },
    /// Ends each recording on disk with a last checkpoint, and stops the rooms: only goodbyes follow, and the next start continues
    /// from here.
    Seal {
        /// Gets a message when the data is on disk.
        done: Sender<()>,
    },
    /// Ends a session, linked or held.
    EndSession {
        /// The session; nothing happens if it is not on this shard.
        session: SessionId,
        /// The reason in the goodbye.
        reason: DisconnectReason,
        /// The text of the goodbye.
        text: String,
    },
    /// Sets the resume time-out of sessions that are held from now on.
    SetResume(Duration),
    /// A query or command of an administrator, with a channel for the answer.
    Ask(Ask),
    /// Makes the thread panic, as a fault in our code would.
    #[cfg(feature = "fault-injection")]
    Panic,
    /// Sends a goodbye on every link and ends the thread.
    Drain {
        /// The reason, for the players.
        text: String,
    },
}

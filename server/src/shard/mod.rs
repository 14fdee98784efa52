//! A shard: one thread that owns its rooms, their players and their sockets, and runs one loop.
//!
//! ```text
//! wait ──> take commands ──> receive ──> tick the rooms of a due phase ──> chores ──┐
//!  ^                        (every few ms)  (inputs, simulate, replicate, send)     │
//!  └────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! A turn does each of these once and each of them is bounded, so an overloaded shard, which never waits, still hears and does
//! everything; only its rooms are slower.
//!
//! There is no task, lock, channel or wake-up per player or packet: inputs count only at a tick, so nothing needs to wake
//! for one. The control plane hands rooms and sockets over through a bounded queue and never waits for the shard.

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

/// What a shard is made of.
#[derive(Clone, Debug)]
pub struct ShardConfig {
    /// Its number, as rooms and WebSocket URLs name it.
    pub index: usize,
    /// Where it listens for QUIC; port 0 takes any.
    pub udp: SocketAddr,
    /// The rate of all its rooms.
    pub tick_rate: TickRate,
    /// Certificate and key. The shard sets the protocols itself.
    pub tls: Arc<rustls::ServerConfig>,
    /// Whose pages may open WebTransport.
    pub origins: Arc<Origins>,
    /// The server's name, for logs.
    pub server: String,
    /// How long links may take for what.
    pub timeouts: Timeouts,
    /// Says who may come in.
    pub guard: Arc<Guard>,
    /// How long a player whose link is gone is awaited; zero for not at all.
    pub resume: Duration,
    /// Where its rooms are recorded, if they are.
    pub recordings: Option<Recordings>,
    /// Receives the shard's number when its thread has panicked.
    pub deaths: Option<Sender<usize>>,
}

/// What the control plane asks of a shard.
#[derive(Debug)]
pub enum ShardCommand {
    /// Runs another room, until [`ShardCommand::CloseRoom`].
    OpenRoom {
        /// As the directory lists it.
        handle: Arc<RoomHandle>,
        /// The room, new or in the middle of a match; its tick rate is that of the shard.
        room: Guarded,
        /// The players it holds, of the server that ran before; their seats are counted already.
        held: Vec<HeldSession>,
    },
    /// Says goodbye to whoever is in a room and forgets it.
    CloseRoom(RoomId),
    /// Takes over a WebSocket after its upgrade.
    AdoptWebSocket {
        /// The connection.
        socket: UpgradedSocket,
        /// Bytes the peer sent right after its request.
        read_ahead: Vec<u8>,
        /// Who it is.
        peer: SocketAddr,
        /// The connection, as it is counted; `None` where nobody counts.
        lease: Option<Lease>,
    },
    /// Tells everyone in a room a line of the server's, or everyone in all rooms.
    Announce {
        /// Where; without it everywhere.
        room: Option<RoomId>,
        /// What.
        text: String,
    },
    /// Brings what is recorded of each room to disk with a last checkpoint and records nothing after it: what follows
    /// are only goodbyes, and the next start continues from here.
    Seal {
        /// Told when it is on disk.
        done: Sender<()>,
    },
    /// Ends a session, whether its player has a link or is awaited.
    EndSession {
        /// Which; one that is not here is over already.
        session: SessionId,
        /// What its player hears.
        reason: DisconnectReason,
        /// The same in words.
        text: String,
    },
    /// Awaits players whose link is gone for so long from now on.
    SetResume(Duration),
    /// Answers an administrator.
    Ask(Ask),
    /// Makes the thread panic, as a fault of ours would.
    #[cfg(feature = "fault-injection")]
    Panic,
    /// Says goodbye to everyone and ends the thread.
    Drain {
        /// Why, for the players.
        text: String,
    },
}

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
mod receiving;
mod recent;
mod schedule;
mod seconds;
mod standstill;
mod strangers;
mod ticking;
#[cfg(test)]
mod turn_tests;
mod waiter;
mod waiting;
mod worker;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::Context;
use crossbeam_channel::{Sender, TrySendError};
use mio::Waker;
use room::{Room, RoomConfig};
use shared::{RoomId, TickRate, limits::SHARD_COMMANDS_MAX, wire::DisconnectReason};

use self::worker::Worker;
pub use self::{
    asks::{Ask, AskError, Conditions, Found, HeldLook, LinkLook, Reply, RoomLook, ShardLook, Target},
    seconds::Second,
};
use crate::{
    directory::{Directory, RoomHandle},
    guard::{Guard, Lease},
    origin::Origins,
    recording::Recordings,
    sessions::{HeldSession, SessionId},
};
pub use crate::{net::UpgradedSocket, session::Timeouts};

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
}

/// What the control plane asks of a shard.
#[derive(Debug)]
pub enum ShardCommand {
    /// Runs another room, until [`ShardCommand::CloseRoom`].
    OpenRoom {
        /// As the directory lists it.
        handle: Arc<RoomHandle>,
        /// What it is made of; its tick rate is that of the shard.
        config: RoomConfig,
        /// Its chance.
        seed: u64,
    },
    /// Runs a room of the server that ran before.
    RestoreRoom {
        /// As the directory lists it.
        handle: Arc<RoomHandle>,
        /// The room in the middle of its match.
        room: Box<Room>,
        /// The seed it was opened with.
        seed: u64,
        /// Its players, whose crafts it holds; their seats are counted already.
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
    /// Says goodbye to everyone and ends the thread.
    Drain {
        /// Why, for the players.
        text: String,
    },
}

/// Between two looks at a thread that is about to end.
const JOIN_PAUSE: Duration = Duration::from_millis(2);

/// Why a command was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SendError {
    /// Its queue is full: it is overwhelmed, or stuck.
    #[error("the shard has {SHARD_COMMANDS_MAX} commands waiting")]
    Busy,
    /// Its thread has ended.
    #[error("the shard has ended")]
    Ended,
}

/// The control plane's end of a shard.
#[derive(Debug)]
pub struct ShardHandle {
    /// Where it listens for QUIC.
    pub udp: SocketAddr,
    commands: Sender<ShardCommand>,
    waker: Arc<Waker>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Binds the socket and starts the thread. Metrics must have their recorder by now.
///
/// # Errors
/// When the address cannot be bound, the certificate does not do for QUIC, or the system gives no thread.
pub fn spawn(config: ShardConfig, directory: Arc<Directory>) -> anyhow::Result<ShardHandle> {
    let (sender, receiver) = crossbeam_channel::bounded(SHARD_COMMANDS_MAX);
    let (index, address) = (config.index, config.udp);
    let worker = Worker::new(config, Arc::clone(&directory), receiver)
        .with_context(|| format!("cannot serve QUIC on {address}"))?;
    let (udp, waker) = (worker.address(), worker.waker());
    let thread = thread::Builder::new()
        .name(format!("shard-{index}"))
        .spawn(move || {
            let _watch = DeathWatch { directory, index };
            worker.run();
        })
        .context("cannot start a thread for a shard")?;
    tracing::debug!(shard = index, %udp, "shard started");
    Ok(ShardHandle { udp, commands: sender, waker, thread: Mutex::new(Some(thread)) })
}

/// Lives as long as the thread, and tells health checks if that panics: its rooms are gone and do not come back.
struct DeathWatch {
    directory: Arc<Directory>,
    index: usize,
}

impl Drop for DeathWatch {
    fn drop(&mut self) {
        if thread::panicking() {
            self.directory.shard(self.index).die();
            tracing::error!(shard = self.index, "the shard has died, and all its rooms with it");
        }
    }
}

impl ShardHandle {
    /// Queues a command. Never waits.
    ///
    /// # Errors
    /// When the queue is full or the thread has ended; a socket handed over is closed then.
    pub fn send(&self, command: ShardCommand) -> Result<(), SendError> {
        self.commands.try_send(command).map_err(|error| match error {
            TrySendError::Full(_) => SendError::Busy,
            TrySendError::Disconnected(_) => SendError::Ended,
        })?;
        // A shard that cannot be woken looks at its queue a moment later anyway.
        let _ = self.waker.wake();
        Ok(())
    }

    /// Commands in the queue.
    pub fn waiting(&self) -> usize {
        self.commands.len()
    }

    /// Whether the thread is over, in order or not.
    pub fn has_ended(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits for the thread to end, which it does after [`ShardCommand::Drain`]. False if it panicked.
    pub fn join(&self) -> bool {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.is_none_or(|thread| thread.join().is_ok())
    }

    /// The same, but not for longer than until `deadline`: a thread that is stuck never ends. `None` if it goes on.
    pub fn join_until(&self, deadline: Instant) -> Option<bool> {
        while !self.has_ended() {
            if Instant::now() >= deadline {
                return None;
            }
            thread::sleep(JOIN_PAUSE);
        }
        Some(self.join())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::Key;

    #[test]
    fn stuck_thread_is_not_waited_for_beyond_the_deadline() {
        let (release, stuck) = crossbeam_channel::bounded::<()>(0);
        let (commands, _) = crossbeam_channel::bounded(1);
        let poll = mio::Poll::new().unwrap();
        let handle = ShardHandle {
            udp: "127.0.0.1:0".parse().unwrap(),
            commands,
            waker: Arc::new(Waker::new(poll.registry(), mio::Token(0)).unwrap()),
            thread: Mutex::new(Some(thread::spawn(move || {
                let _ = stuck.recv();
            }))),
        };
        assert_eq!(handle.join_until(Instant::now()), None);
        drop(release);
        assert_eq!(handle.join_until(Instant::now() + Duration::from_secs(60)), Some(true));
        assert_eq!(handle.join_until(Instant::now()), Some(true), "it has ended already");
    }

    #[test]
    fn shard_that_panics_is_known_to_be_dead() {
        let directory = Arc::new(Directory::new(2, 1, Key::random()));
        let now = Instant::now();
        directory.shards().iter().for_each(|shard| shard.beat(now));
        let of_thread = |index, panics: bool| {
            let directory = Arc::clone(&directory);
            thread::spawn(move || {
                let _watch = DeathWatch { directory, index };
                assert!(!panics, "this one shall die");
            })
        };
        assert!(of_thread(0, false).join().is_ok());
        assert!(of_thread(1, true).join().is_err());
        let alive = |index: usize| directory.shard(index).is_alive(now, Duration::from_secs(1));
        assert!(alive(0) && !alive(1));
        assert!(!directory.shard(0).has_died() && directory.shard(1).has_died());
    }
}

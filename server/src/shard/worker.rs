//! The loop of a shard and all it owns.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use crossbeam_channel::{Receiver, TryRecvError};
use mio::{Events, Interest, Poll, Token, Waker};
use quinn_proto::Incoming;
use shared::RoomId;
use slab::Slab;

use super::{
    ShardCommand, ShardConfig,
    census::Census,
    clock::Clock,
    handshakes::Handshakes,
    hosted_room::HostedRoom,
    key_set::KeySet,
    metrics::Metrics,
    overload::Overload,
    schedule::Schedule,
    seconds::Seconds,
    strangers::Strangers,
    waiter::{Waiter, sharpen_timer},
};
use crate::{
    directory::Directory,
    net::{
        Arrived, Counts, Link, Quic,
        link_state::{Goodbye, Session},
    },
    security::guard::Lease,
    session::{Addresses, Register},
};

/// All that a shard owns. Its methods are spread over the files of what they are about.
pub(super) struct Worker {
    pub(super) config: ShardConfig,
    pub(super) directory: Arc<Directory>,
    commands: Receiver<ShardCommand>,
    pub(super) poll: Poll,
    pub(super) events: Events,
    waker: Arc<Waker>,
    pub(super) clock: Clock,
    pub(super) waiter: Waiter,
    pub(super) quic: Quic,
    pub(super) peers: Slab<Peer>,
    pub(super) sessions: Register,
    pub(super) rooms: Slab<HostedRoom>,
    pub(super) room_indices: BTreeMap<RoomId, usize>,
    pub(super) schedule: Schedule,
    pub(super) overload: Overload,
    pub(super) handshakes: Handshakes,
    /// Clients that have proven their address and wait for their handshake.
    pub(super) waiting: VecDeque<(Incoming, Lease)>,
    /// Clients that have proven nothing and whose handshake began.
    pub(super) strangers: Strangers,
    /// Bans that links have been looked at for.
    pub(super) addresses: Addresses,
    pub(super) unwelcome_seen: u64,
    /// Chores so far.
    pub(super) chores: usize,
    pub(super) metrics: Metrics,
    pub(super) census: Census,
    pub(super) seconds: Seconds,
    /// QUIC links that no tick drives, because they do not play yet or any more.
    pub(super) unsettled: KeySet,
    /// The system has told of datagrams that nobody has taken yet.
    pub(super) datagrams_wait: bool,
    /// When the sockets were looked at last.
    pub(super) looked: Duration,
    /// When what this look finds has arrived, more or less.
    pub(super) arrived: Duration,
    /// Links to be read, in this turn or when there is time, each once.
    pub(super) ready: Vec<usize>,
    /// Playing links with something to send before their next tick.
    pub(super) dirty: Vec<usize>,
    /// Links that ended; they are removed at the end of a turn, so that their keys stay theirs within it.
    pub(super) dead: Vec<usize>,
    pub(super) effects: Vec<Arrived>,
    /// Time spent on receiving since the last tick.
    pub(super) receiving: Duration,
    /// For messages the shard writes itself.
    pub(super) scratch: Vec<u8>,
    /// For rooms of a phase, and for links whose state changed while they were flushed.
    pub(super) indices: Vec<usize>,
    pub(super) attention: Vec<usize>,
    /// Links that are made worse on purpose, which every turn drives.
    pub(super) conditioned: KeySet,
    /// Its rooms stand still: the next server goes on from where they are.
    pub(super) sealed: bool,
    /// Set while everyone is told goodbye: when that must be over.
    pub(super) draining: Option<Duration>,
    pub(super) next_chores: Duration,
    /// Until then what came while the process stood still is read.
    pub(super) catching_up_until: Duration,
    #[cfg(test)]
    pub(super) faults: super::turn_tests::Faults,
}

/// A link and the session on it.
pub(super) struct Peer {
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) address: SocketAddr,
    /// How its connection is counted; `None` until the handshake has proven its address.
    pub(super) lease: Option<Lease>,
    /// What has been charged to its network.
    pub(super) charged: Counts,
    /// When its link came to be.
    pub(super) began: Duration,
    /// It stands in the list of links to be read.
    pub(super) ready: bool,
    /// It ended and only waits to be removed.
    pub(super) dead: bool,
    /// Its socket failed.
    pub(super) broken: bool,
    /// Flushed in the tick that goes on.
    pub(super) flushed: bool,
    /// It is known that its handshake is done.
    pub(super) shaken: bool,
    /// Its session message, which leaves behind the welcome.
    pub(super) untold: Option<Vec<u8>>,
    /// No input came since the welcome.
    pub(super) unheard: bool,
}

pub(super) const WAKER: Token = Token(0);
pub(super) const UDP: Token = Token(1);
/// Tokens of WebSockets begin here, followed by the key of the link.
pub(super) const FIRST_LINK: usize = 2;
/// Events taken from the system at once.
const EVENTS: usize = 1_024;
/// Commands taken in one turn, so that a flood of sockets cannot delay a tick.
const COMMANDS_PER_TURN: usize = 32;

impl Worker {
    pub(super) fn new(
        config: ShardConfig,
        directory: Arc<Directory>,
        commands: Receiver<ShardCommand>,
    ) -> anyhow::Result<Self> {
        let period = config.tick_rate.period();
        let mut quic = Quic::bind(
            config.udp,
            &config.tls,
            &config.timeouts,
            period,
            Arc::clone(&config.origins),
            &directory.quic_secrets(config.index),
        )?;
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        poll.registry().register(quic.source(), UDP, Interest::READABLE)?;
        Ok(Self {
            schedule: Schedule::new(config.tick_rate.period()),
            metrics: Metrics::new(config.index),
            census: Census::new(),
            sessions: Register::new(config.resume),
            seconds: Seconds::new(),
            config,
            directory,
            commands,
            poll,
            events: Events::with_capacity(EVENTS),
            waker,
            clock: Clock::new(),
            waiter: Waiter::new(),
            quic,
            peers: Slab::new(),
            rooms: Slab::new(),
            room_indices: BTreeMap::new(),
            overload: Overload::new(Duration::ZERO),
            handshakes: Handshakes::default(),
            waiting: VecDeque::new(),
            strangers: Strangers::default(),
            addresses: Addresses::default(),
            unwelcome_seen: 0,
            chores: 0,
            unsettled: KeySet::default(),
            datagrams_wait: false,
            looked: Duration::ZERO,
            arrived: Duration::ZERO,
            ready: Vec::new(),
            dirty: Vec::new(),
            dead: Vec::new(),
            effects: Vec::new(),
            receiving: Duration::ZERO,
            scratch: Vec::new(),
            indices: Vec::new(),
            attention: Vec::new(),
            conditioned: KeySet::default(),
            sealed: false,
            draining: None,
            next_chores: Duration::ZERO,
            catching_up_until: Duration::ZERO,
            #[cfg(test)]
            faults: super::turn_tests::Faults::default(),
        })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.quic.address()
    }

    pub(super) fn waker(&self) -> Arc<Waker> {
        Arc::clone(&self.waker)
    }

    /// Runs until it is drained.
    pub(super) fn run(mut self) {
        sharpen_timer();
        while !self.is_drained() {
            self.turn();
        }
        tracing::debug!(shard = self.config.index, "shard ended");
    }

    /// One turn: waits until something is due, then does every duty once. None of them depends on time to spare: a shard that
    /// is always behind does not wait, makes one tick, and still hears its commands, its players and its clocks.
    pub(super) fn turn(&mut self) {
        self.wait();
        let began = self.note_time();
        self.directory.shard(self.config.index).beat(self.clock.real(began));
        self.take_commands(began);
        self.receive(began);
        let now = self.note_time();
        if let Some(due) = self.schedule.poll_due(now) {
            self.tick(due, now);
            let now = self.note_time();
            self.use_pause(now);
        }
        let now = self.note_time();
        self.do_chores(now);
        self.bury_dead();
        self.note_work(began);
    }

    fn take_commands(&mut self, now: Duration) {
        for _ in 0..COMMANDS_PER_TURN {
            match self.commands.try_recv() {
                Ok(ShardCommand::OpenRoom { handle, room, held }) => {
                    let index = self.host(handle, room, now);
                    self.await_players(index, &held, now);
                }
                Ok(ShardCommand::CloseRoom(room)) => self.close_room(room, now),
                Ok(ShardCommand::AdoptWebSocket { socket, read_ahead, peer, lease }) => {
                    self.adopt_websocket(socket, read_ahead, peer, lease, now);
                }
                Ok(ShardCommand::Announce { room, text }) => self.announce(room, &text),
                Ok(ShardCommand::Seal { done }) => self.seal(done),
                Ok(ShardCommand::EndSession { session, reason, text }) => {
                    self.end_session(session, Goodbye::new(reason, text), now);
                }
                Ok(ShardCommand::SetResume(resume)) => self.sessions.set_resume(resume),
                Ok(ShardCommand::Ask(ask)) => self.handle_ask(ask, now),
                #[cfg(feature = "fault-injection")]
                Ok(ShardCommand::Panic) => panic!("an injected fault"),
                Ok(ShardCommand::Drain { text }) => self.drain(&text, now),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.drain("the server ends", now);
                    break;
                }
            }
        }
    }
}

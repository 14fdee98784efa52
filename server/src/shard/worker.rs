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

/// The state of a shard. Its methods are in the files of their topics.
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
    /// Clients with a proven address that wait for their handshake.
    pub(super) waiting: VecDeque<(Incoming, Lease)>,
    /// Rate limits of clients whose address is not proven.
    pub(super) strangers: Strangers,
    pub(super) addresses: Addresses,
    /// The count of changes to the ban list when links were last checked against it.
    pub(super) unwelcome_seen: u64,
    /// Number of housekeeping rounds so far.
    pub(super) chores: usize,
    pub(super) metrics: Metrics,
    pub(super) census: Census,
    pub(super) seconds: Seconds,
    /// QUIC links that are in no room, so that no tick drives them.
    pub(super) unsettled: KeySet,
    /// The UDP socket has datagrams that are not read yet.
    pub(super) datagrams_wait: bool,
    /// Time of the last receive.
    pub(super) looked: Duration,
    /// Estimated time of arrival of the messages in this receive.
    pub(super) arrived: Duration,
    /// Links to read, in this turn or when there is time, each once.
    pub(super) ready: Vec<usize>,
    /// Links with messages to send before their next tick.
    pub(super) dirty: Vec<usize>,
    /// Links that have ended; they are removed at the end of a turn, so that no other link gets their key within it.
    pub(super) dead: Vec<usize>,
    pub(super) effects: Vec<Arrived>,
    /// Time spent on receiving since the last tick.
    pub(super) receiving: Duration,
    /// Buffer for messages that the shard makes itself.
    pub(super) scratch: Vec<u8>,
    /// Buffer for the rooms of a phase, or for links to check.
    pub(super) indices: Vec<usize>,
    pub(super) attention: Vec<usize>,
    /// Links that are degraded on purpose, which every turn drives.
    pub(super) conditioned: KeySet,
    /// The recordings are sealed and the rooms have stopped: the next run of the server continues them.
    pub(super) sealed: bool,
    /// Set while goodbyes are sent: the deadline for them.
    pub(super) draining: Option<Duration>,
    pub(super) next_chores: Duration,
    /// Until this time, messages of the last standstill may still be read.
    pub(super) catching_up_until: Duration,
    #[cfg(test)]
    pub(super) faults: super::turn_tests::Faults,
}

/// A link with its protocol state.
pub(super) struct Peer {
    pub(super) link: Link,
    pub(super) session: Session,
    pub(super) address: SocketAddr,
    /// The permit that counts its connection; `None` until the handshake has proven its address.
    pub(super) lease: Option<Lease>,
    /// The traffic that has been charged to its network.
    pub(super) charged: Counts,
    /// Time of the link's start.
    pub(super) began: Duration,
    /// It is in the list of links to read.
    pub(super) ready: bool,
    /// It has ended and will be removed.
    pub(super) dead: bool,
    /// Its socket failed.
    pub(super) broken: bool,
    /// It has been flushed in the current tick.
    pub(super) flushed: bool,
    /// Its handshake is complete, and counted.
    pub(super) shaken: bool,
    /// Its session message, which is sent after the welcome.
    pub(super) untold: Option<Vec<u8>>,
    /// No input has come since the welcome.
    pub(super) unheard: bool,
}

pub(super) const WAKER: Token = Token(0);
pub(super) const UDP: Token = Token(1);
/// Token of the WebSocket with key 0; the others follow by their keys.
pub(super) const FIRST_LINK: usize = 2;
/// Most events of one poll.
const EVENTS: usize = 1_024;
/// Most commands in one turn, so that a flood of sockets cannot delay a tick.
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

    /// One turn: waits until something is due, then does every duty once. None of them needs spare time: a shard that
    /// is always behind does not wait, makes one tick, and still handles its commands, its players and its time-outs.
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

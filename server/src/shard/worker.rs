//! The loop of a shard and all it owns.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, TryRecvError};
use mio::{Events, Interest, Poll, Token, Waker};
use quinn_proto::Incoming;
use room::{Room, RoomConfig, record::RecordOptions};
use shared::{RoomId, wire::DisconnectReason};
use slab::Slab;

use super::{
    ShardCommand, ShardConfig,
    census::Census,
    handshakes::Handshakes,
    hosted_room::HostedRoom,
    metrics::Metrics,
    overload::Overload,
    schedule::Schedule,
    seconds::Seconds,
    strangers::Strangers,
    wait::{Waiter, sharpen_timer},
};
use crate::{
    directory::{Directory, RoomHandle},
    guard::Lease,
    net::{Arrived, Counts, Link, Quic},
    recording::Tape,
    session::{Goodbye, Session},
    sessions::Register,
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
    waiter: Waiter,
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
    pub(super) bans_seen: u64,
    /// Chores so far.
    pub(super) chores: usize,
    pub(super) metrics: Metrics,
    pub(super) census: Census,
    pub(super) seconds: Seconds,
    /// QUIC links that no tick drives, because they do not play yet or any more.
    pub(super) unsettled: Vec<usize>,
    /// The system has told of datagrams that nobody has taken yet.
    pub(super) datagrams_wait: bool,
    /// Links to be read in this turn.
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
    pub(super) conditioned: Vec<usize>,
    /// Its rooms stand still: the next server goes on from where they are.
    pub(super) sealed: bool,
    /// Set while everyone is told goodbye: when that must be over.
    pub(super) draining: Option<Duration>,
    next_chores: Duration,
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

/// Time since the shard started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Instant,
}

pub(super) const WAKER: Token = Token(0);
pub(super) const UDP: Token = Token(1);
/// Tokens of WebSockets begin here, followed by the key of the link.
pub(super) const FIRST_LINK: usize = 2;
/// Events taken from the system at once.
const EVENTS: usize = 1_024;
/// Sockets are drained this often, so that no kernel buffer overflows and arrivals are known to a few milliseconds.
const DRAIN_INTERVAL: Duration = Duration::from_millis(4);
/// And this long before a tick: clients aim their inputs there, and what they hear about it should be exact.
const DRAINS_BEFORE_TICK: [Duration; 2] = [Duration::from_micros(2_500), Duration::from_millis(1)];
/// Drains closer together than this are not worth a wake-up.
const DRAIN_SPACING: Duration = Duration::from_millis(1);
/// Without players the sockets are polled; the system counts in milliseconds, so the last ones are slept.
const POLL_MARGIN: Duration = Duration::from_millis(2);
/// A shard without rooms still shows its pulse.
const IDLE_POLL: Duration = Duration::from_millis(250);
const CHORES_INTERVAL: Duration = Duration::from_millis(100);
/// Time for goodbyes to arrive when the server ends: round trips to anywhere, and with the default of `drain.secs` less
/// than the ten seconds after which Docker kills.
const DRAIN_MAX: Duration = Duration::from_secs(1);
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
            &directory.quic_secrets(),
        )?;
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        poll.registry().register(quic.source(), UDP, Interest::READABLE)?;
        let clock = Clock { start: Instant::now() };
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
            clock,
            waiter: Waiter::new(),
            quic,
            peers: Slab::new(),
            rooms: Slab::new(),
            room_indices: BTreeMap::new(),
            overload: Overload::new(Duration::ZERO),
            handshakes: Handshakes::default(),
            waiting: VecDeque::new(),
            strangers: Strangers::default(),
            bans_seen: 0,
            chores: 0,
            unsettled: Vec::new(),
            datagrams_wait: false,
            ready: Vec::new(),
            dirty: Vec::new(),
            dead: Vec::new(),
            effects: Vec::new(),
            receiving: Duration::ZERO,
            scratch: Vec::new(),
            indices: Vec::new(),
            attention: Vec::new(),
            conditioned: Vec::new(),
            sealed: false,
            draining: None,
            next_chores: Duration::ZERO,
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
            self.wait();
            let mut now = self.clock.now();
            let began = now;
            self.directory.shard(self.config.index).beat(self.clock.at(now));
            self.take_commands(now);
            loop {
                self.receive(now);
                let Some(due) = self.schedule.poll_due(now) else { break };
                self.tick(due, now);
                now = self.clock.now();
                if self.schedule.next_deadline().is_none_or(|deadline| deadline > now) {
                    break;
                }
            }
            self.do_chores(now);
            self.bury_dead();
            self.note_work(began);
        }
        tracing::debug!(shard = self.config.index, "shard ended");
    }

    fn wait(&mut self) {
        let now = self.clock.now();
        let deadline = self.schedule.next_deadline();
        if self.peers.is_empty() && self.waiting.is_empty() && self.draining.is_none() {
            return self.wait_for_anyone(now, deadline);
        }
        match deadline {
            Some(deadline) => match next_drain(now, deadline) {
                Some(drain) => self.waiter.sleep_until(self.clock.at(drain)),
                None => self.waiter.meet(self.clock.at(deadline)),
            },
            None => self.waiter.sleep_until(self.clock.at(now + DRAIN_INTERVAL)),
        }
    }

    /// Without players nothing is worth a drain, but whoever comes is heard at once.
    fn wait_for_anyone(&mut self, now: Duration, deadline: Option<Duration>) {
        let left = deadline.map_or(IDLE_POLL, |deadline| deadline.saturating_sub(now)).min(IDLE_POLL);
        if left <= POLL_MARGIN {
            return self.waiter.meet(self.clock.at(now + left));
        }
        // Whole milliseconds, rounded down: the system would round up.
        let timeout = Duration::from_millis((left - POLL_MARGIN).as_millis() as u64);
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Ok(()) => self.collect_ready(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => tracing::error!(shard = self.config.index, %error, "polling the sockets"),
        }
    }

    fn take_commands(&mut self, now: Duration) {
        for _ in 0..COMMANDS_PER_TURN {
            match self.commands.try_recv() {
                Ok(ShardCommand::OpenRoom { handle, config, seed }) => self.open_room(handle, config, seed, now),
                Ok(ShardCommand::RestoreRoom { handle, room, seed, held }) => {
                    let index = self.host(handle, *room, seed, now);
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
                Ok(ShardCommand::Drain { text }) => self.drain(&text, now),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.drain("the server ends", now);
                    break;
                }
            }
        }
    }

    fn open_room(&mut self, handle: Arc<RoomHandle>, config: RoomConfig, seed: u64, now: Duration) {
        debug_assert_eq!(config.tick_rate, self.config.tick_rate, "a shard has one rate");
        self.host(handle, Room::new(config, seed), seed, now);
    }

    /// Lets a room tick here from now on; gives its index.
    fn host(&mut self, handle: Arc<RoomHandle>, mut room: Room, seed: u64, now: Duration) -> usize {
        let id = handle.id;
        let phase = self.schedule.add(handle.seats.into(), now);
        room.set_reduction(self.overload.reduction());
        let tape = self.config.recordings.clone().map(|recordings| {
            let (shard, checkpoint_secs) = (self.config.index as u16, recordings.checkpoint_secs());
            room.record(RecordOptions { seed, shard, checkpoint_secs });
            Tape::new(id, recordings)
        });
        let index = self.rooms.insert(HostedRoom::new(handle, room, tape, phase, now));
        self.room_indices.insert(id, index);
        self.metrics.room_opened();
        index
    }

    /// Brings what is recorded to disk. Nothing is recorded from here on, and nothing happens: who plays on would lose it.
    fn seal(&mut self, done: Sender<()>) {
        self.seal_rooms();
        match &self.config.recordings {
            Some(recordings) => recordings.seal(done),
            None => drop(done.send(())),
        }
    }

    fn seal_rooms(&mut self) {
        if std::mem::replace(&mut self.sealed, true) {
            return;
        }
        for (_, hosted) in &mut self.rooms {
            if let Some(tape) = &mut hosted.tape {
                tape.seal(&mut hosted.room);
            }
        }
    }

    fn close_room(&mut self, room: RoomId, now: Duration) {
        let Some(index) = self.room_indices.remove(&room) else { return };
        let goodbye = Goodbye::new(DisconnectReason::RoomClosed, "the room was closed");
        for key in self.rooms[index].members.clone() {
            self.close(key, goodbye.clone(), now);
        }
        while let Some((seat, _)) = self.sessions.poll_of_room(index) {
            self.free(seat);
        }
        let mut hosted = self.rooms.remove(index);
        hosted.room.end_record();
        hosted.collect_record(now);
        self.schedule.remove(hosted.phase, hosted.handle.seats.into());
        self.metrics.room_closed();
    }

    fn announce(&mut self, room: Option<RoomId>, text: &str) {
        for (_, hosted) in &mut self.rooms {
            if room.is_none_or(|room| room == hosted.handle.id) {
                hosted.room.announce(text);
            }
        }
    }

    fn drain(&mut self, text: &str, now: Duration) {
        if self.draining.is_some() {
            return;
        }
        self.draining = Some(now + DRAIN_MAX);
        // The goodbyes are no part of any match.
        self.seal_rooms();
        let goodbye = Goodbye::new(DisconnectReason::ShuttingDown, text);
        let keys: Vec<usize> = self.peers.iter().map(|(key, _)| key).collect();
        for key in keys {
            self.close(key, goodbye.clone(), now);
        }
        let rooms: Vec<RoomId> = self.room_indices.keys().copied().collect();
        for room in rooms {
            self.close_room(room, now);
        }
        for (incoming, _lease) in std::mem::take(&mut self.waiting) {
            self.quic.refuse(incoming);
        }
    }

    fn is_drained(&mut self) -> bool {
        let Some(until) = self.draining else { return false };
        self.clock.now() >= until || self.peers.iter_mut().all(|(_, peer)| peer.link.has_parted())
    }

    /// What need not happen in every turn.
    fn do_chores(&mut self, now: Duration) {
        if now < self.next_chores {
            return;
        }
        self.next_chores = now + CHORES_INTERVAL;
        self.expire(now);
        self.police(now);
        self.note_migrations(now);
        for (_, hosted) in &mut self.rooms {
            let stats = hosted.room.stats();
            self.metrics.record_room(&stats, &hosted.told);
            hosted.told = stats;
            if hosted.note_match() {
                self.metrics.match_ended();
            }
        }
        self.take_census(now);
        let playing = self.rooms.iter().map(|(_, hosted)| hosted.members.len()).sum();
        self.seconds.advance(now, self.overload.load(), self.overload.rung(), playing);
        self.metrics.flush(self.quic.stats(), self.quic.web_packets(), self.overload.load());
    }

    fn note_work(&mut self, began: Duration) {
        let now = self.clock.now();
        let Some(rung) = self.overload.handle_work(now - began, now) else { return };
        let load_percent = (self.overload.load() * 100.0).round();
        tracing::warn!(shard = self.config.index, server = self.config.server, rung, load_percent, "overload ladder");
        self.metrics.set_rung(rung);
        self.directory.shard(self.config.index).set_refuses_joins(self.overload.refuses_joins());
        for (_, hosted) in &mut self.rooms {
            hosted.room.set_reduction(self.overload.reduction());
        }
    }
}

impl Clock {
    pub(super) fn now(self) -> Duration {
        self.start.elapsed()
    }

    /// For libraries that want it so.
    pub(super) fn at(self, now: Duration) -> Instant {
        self.start + now
    }
}

/// When to drain the sockets next; `None` when the tick itself comes first.
fn next_drain(now: Duration, deadline: Duration) -> Option<Duration> {
    let [early, late] = DRAINS_BEFORE_TICK.map(|before| deadline.saturating_sub(before));
    let regular = now + DRAIN_INTERVAL;
    if regular + DRAIN_SPACING <= early {
        Some(regular)
    } else if now + DRAIN_SPACING <= early {
        Some(early)
    } else if now + DRAIN_SPACING / 2 <= late {
        Some(late)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_drained_every_few_ms_and_shortly_before_a_tick() {
        let us = Duration::from_micros;
        let drains = |period_us| {
            let deadline = us(period_us);
            let next = |&drain: &Duration| next_drain(drain, deadline);
            std::iter::successors(next_drain(us(0), deadline), next).map(|drain| drain.as_micros()).collect::<Vec<_>>()
        };
        assert_eq!(drains(20_000), [4_000, 8_000, 12_000, 16_000, 17_500, 19_000]);
        assert_eq!(drains(6_250), [3_750, 5_250]);
        assert_eq!(drains(2_000), [1_000]);
        assert!(drains(1_000).is_empty());
        assert_eq!(next_drain(us(12_000), us(10_000)), None, "late already");
    }
}

//! From the sockets to the rooms: who wants in, what they say, and what is answered at once.

use std::{net::SocketAddr, time::Duration};

use mio::Interest;
use quinn_proto::Incoming;
use room::Channel;
use shared::{
    limits::LINKS_PER_SHARD_MAX,
    wire::{ClientMessage, DecodeError, DisconnectReason, Event, ServerMessage, kind},
};

use super::{
    closing::Fate,
    handshakes::{Arrival, Verdict},
    metrics::{Direction, HandshakeOutcome},
    worker::{FIRST_LINK, Peer, UDP, Worker},
};
use crate::{
    guard::{Caller, Lease, Limit},
    logging,
    net::{Arrived, Counts, Ended, Link, Received, Transport, UpgradedSocket, WebSocketLink},
    session::{Action, Goodbye, Seat, Session, State},
};

/// Messages taken from one link per turn; the rest waits, so that one peer cannot hold up the others.
const MESSAGES_PER_TURN: usize = 64;

impl Worker {
    /// Takes everything that has arrived.
    pub(super) fn receive(&mut self, now: Duration) {
        let began = self.clock.now();
        self.pump_conditioned(now);
        self.poll_sockets();
        self.receive_datagrams(now);
        let mut ready = std::mem::take(&mut self.ready);
        for key in ready.drain(..) {
            self.read_peer(key, now);
        }
        // Links with more to say have been put into the new list.
        ready.append(&mut self.ready);
        self.ready = ready;
        self.settle(now);
        let mut dirty = std::mem::take(&mut self.dirty);
        for key in dirty.drain(..) {
            self.flush_peer(key, now);
        }
        self.dirty = dirty;
        self.receiving += self.clock.now() - began;
    }

    /// Remembers which sockets the last poll has found readable.
    pub(super) fn collect_ready(&mut self) {
        for event in &self.events {
            self.datagrams_wait |= event.token() == UDP;
            let Some(key) = event.token().0.checked_sub(FIRST_LINK) else { continue };
            let Some(link) = self.peers.get_mut(key).and_then(|peer| peer.link.as_websocket()) else { continue };
            if event.is_readable() || event.is_error() {
                link.handle_readable(event.is_read_closed() || event.is_error());
                self.ready.push(key);
            }
            if event.is_writable() && link.is_blocked() {
                self.dirty.push(key);
            }
        }
        self.events.clear();
    }

    /// Takes over a socket after its upgrade.
    pub(super) fn adopt_websocket(
        &mut self,
        socket: UpgradedSocket,
        read_ahead: Vec<u8>,
        address: SocketAddr,
        lease: Option<Lease>,
        now: Duration,
    ) {
        if self.peers.len() >= LINKS_PER_SHARD_MAX {
            return self.metrics.count_close(DisconnectReason::Overloaded.label());
        }
        let key = self.peers.vacant_key();
        let link = WebSocketLink::adopt(socket, read_ahead).and_then(|mut link| {
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(link.source(), mio::Token(FIRST_LINK + key), interest)?;
            Ok(link)
        });
        match link {
            Ok(link) => {
                self.admit(link.into(), address, lease, now);
                self.ready.push(key);
                if self.draining.is_some() {
                    self.close(key, Goodbye::new(DisconnectReason::ShuttingDown, "the server ends"), now);
                }
            }
            Err(error) => {
                let (shard, peer) = (self.config.index, logging::address(address));
                tracing::debug!(shard, %peer, %error, "a socket handed over is no good");
            }
        }
    }

    fn receive_datagrams(&mut self, now: Duration) {
        let until_tick = self.schedule.next_deadline().map_or(Duration::MAX, |deadline| deadline.saturating_sub(now));
        self.handshakes.begin_turn(until_tick);
        let mut effects = std::mem::take(&mut self.effects);
        // A shard of WebSockets need not ask at every turn.
        if self.datagrams_wait {
            let Self { quic, peers, clock, .. } = self;
            self.datagrams_wait = quic.receive(peers, |peer| peer.link.as_quic(), clock.at(now), &mut effects);
        }
        for effect in effects.drain(..) {
            match effect {
                Arrived::Touched(key) => self.ready.push(key),
                Arrived::Incoming(incoming) => self.open_door(*incoming, now),
            }
        }
        self.effects = effects;
        while !self.waiting.is_empty() && self.handshakes.take_turn() {
            if let Some((incoming, lease)) = self.waiting.pop_front() {
                self.begin_handshake(incoming, Some(lease), now);
            }
        }
    }

    fn open_door(&mut self, incoming: Incoming, now: Duration) {
        let address = incoming.remote_address();
        let guard = &self.config.guard;
        let proven = incoming.remote_address_validated();
        // Who is banned was told why when it asked for a ticket; an answer here would only cost more than none.
        if !proven && guard.ban_of(address.ip()).is_some() {
            guard.count_refused(Limit::Banned, 1);
            return self.quic.ignore(incoming);
        }
        // What an address has not proven to be its own does not count against it, but it may be asked for a proof.
        let lease = match proven.then(|| guard.handshake(Caller::direct(address))).transpose() {
            Ok(lease) => lease,
            Err(_) => {
                self.metrics.count_handshake(HandshakeOutcome::Refused);
                return self.quic.refuse(incoming);
            }
        };
        let links = self.peers.len() + self.waiting.len();
        let arrival = Arrival {
            may_retry: incoming.may_retry(),
            trusted: proven || self.strangers.admit(address.ip(), now),
            waiting: self.waiting.len(),
            unfinished: self.unsettled.len(),
            open: self.draining.is_none() && links < LINKS_PER_SHARD_MAX,
        };
        match self.handshakes.decide(arrival) {
            Verdict::Begin => self.begin_handshake(incoming, lease, now),
            Verdict::Retry => {
                self.metrics.count_handshake(HandshakeOutcome::Retried);
                self.quic.retry(incoming);
            }
            Verdict::Wait => {
                let Some(lease) = lease else { return self.quic.refuse(incoming) };
                self.metrics.count_handshake(HandshakeOutcome::Waited);
                self.waiting.push_back((incoming, lease));
            }
            Verdict::Refuse => {
                self.metrics.count_handshake(HandshakeOutcome::Refused);
                self.quic.refuse(incoming);
            }
        }
    }

    /// `lease` is `None` where the address is not proven yet.
    fn begin_handshake(&mut self, incoming: Incoming, lease: Option<Lease>, now: Duration) {
        let address = incoming.remote_address();
        match self.quic.accept(incoming, self.peers.vacant_key(), self.clock.at(now)) {
            Some(link) => {
                self.metrics.count_handshake(HandshakeOutcome::Begun);
                let key = self.admit(link.into(), address, lease, now);
                self.unsettled.push(key);
            }
            None => self.metrics.count_handshake(HandshakeOutcome::Failed),
        }
    }

    fn admit(&mut self, link: Link, address: SocketAddr, lease: Option<Lease>, now: Duration) -> usize {
        let session = Session::new(self.config.timeouts, self.config.tick_rate, now);
        let shaken = link.transport() == Transport::WebSocket;
        let charged = Counts::default();
        self.peers.insert(Peer {
            link,
            session,
            address,
            lease,
            charged,
            began: now,
            dead: false,
            broken: false,
            flushed: false,
            shaken,
            untold: None,
            unheard: false,
        })
    }

    /// A handshake has proven the address of a link, so it counts from here on.
    pub(super) fn count_connection(&mut self, key: usize) -> Result<(), Goodbye> {
        let Some(peer) = self.peers.get_mut(key).filter(|peer| peer.lease.is_none()) else { return Ok(()) };
        match self.config.guard.connect(Caller::direct(peer.address)) {
            Ok(lease) => {
                peer.lease = Some(lease);
                Ok(())
            }
            Err(refused) => Err(refused.into()),
        }
    }

    fn poll_sockets(&mut self) {
        match self.poll.poll(&mut self.events, Some(Duration::ZERO)) {
            Ok(()) => self.collect_ready(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => tracing::error!(shard = self.config.index, %error, "polling the sockets"),
        }
    }

    pub(super) fn read_peer(&mut self, key: usize, now: Duration) {
        for _ in 0..MESSAGES_PER_TURN {
            let Some(peer) = self.peers.get_mut(key).filter(|peer| !peer.dead) else { return };
            let packets = peer.link.stats().up.packets;
            let received = peer.link.poll_message();
            self.metrics.count_websocket_packets(Direction::Up, peer.link.stats().up.packets - packets);
            match received {
                Ok(Some(Received::Message { channel, bytes })) => self.handle_message(key, channel, &bytes, now),
                Ok(Some(Received::Control)) => {
                    self.metrics.count_strays(peer.link.take_strays());
                    self.dirty.push(key);
                    if let Err(goodbye) = peer.session.admit(Channel::Reliable, 0, now) {
                        self.close(key, goodbye, now);
                    }
                }
                Ok(None) => return,
                Err(ended) => return self.handle_end(key, ended, now),
            }
        }
        self.ready.push(key);
    }

    fn handle_message(&mut self, key: usize, channel: Channel, bytes: &[u8], now: Duration) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        match peer.session.admit(channel, bytes.len(), now) {
            Ok(true) => {}
            Ok(false) => return,
            Err(goodbye) => return self.close(key, goodbye, now),
        }
        let message = match ClientMessage::decode(bytes) {
            Ok(message) => message,
            Err(error) => return self.handle_fault(key, error, now),
        };
        let kind = match message {
            ClientMessage::Hello(_) => kind::HELLO,
            ClientMessage::Input(_) => kind::INPUT,
            ClientMessage::Ping { .. } => kind::PING,
            ClientMessage::Chat { .. } => kind::CHAT,
            ClientMessage::Leave => kind::LEAVE,
            ClientMessage::Resync => kind::RESYNC,
            ClientMessage::Watch { .. } => kind::WATCH,
        };
        self.metrics.count_message(peer.link.transport(), kind, bytes.len());
        if let Some(hosted) = peer.session.seat().and_then(|seat| self.rooms.get_mut(seat.room)) {
            hosted.up_bytes += bytes.len() as u64;
        }
        match peer.session.handle_message(&message, now) {
            Action::Ignore => {}
            Action::Input(seat, inputs) => {
                self.hear(key, seat.session);
                let hosted = &mut self.rooms[seat.room];
                let until_tick_us = self.schedule.until(hosted.phase, now).as_micros() as u32;
                hosted.room.handle_input(seat.player, inputs, until_tick_us);
            }
            Action::Pong(seat, token) => {
                let tick = self.rooms[seat.room].room.now();
                self.answer(key, seat, Channel::Unreliable, kind::PONG, &ServerMessage::Pong { token, tick });
            }
            Action::Chat(seat, _) if self.directory.mutes.holds(seat.session) => {
                self.tell(key, seat, "an administrator has muted you: this line was not sent");
            }
            Action::Chat(seat, text) => self.rooms[seat.room].room.handle_chat(seat.player, text),
            Action::ChatTooFast(seat) => self.tell(key, seat, "not so fast: this line was not sent"),
            Action::Resync(seat) => {
                self.metrics.count_resync(true);
                self.rooms[seat.room].room.resync(seat.player);
            }
            Action::Watch(seat, player) => self.rooms[seat.room].room.watch(seat.player, player),
            Action::Join(hello) => match self.join(key, hello, now) {
                Ok(seat) => {
                    self.condition_newcomer(key, now);
                    self.send_outputs(seat.room, now);
                }
                Err(goodbye) => self.close(key, goodbye, now),
            },
            Action::Close(goodbye) => self.close(key, goodbye, now),
        }
    }

    /// Says a line to one player.
    fn tell(&mut self, key: usize, seat: Seat, text: &str) {
        let tick = self.rooms[seat.room].room.now();
        let events = vec![Event::Chat { from: None, text: text.to_owned() }];
        self.answer(key, seat, Channel::Reliable, kind::EVENTS, &ServerMessage::Events { tick, events });
    }

    /// Sends a message of the shard's own.
    fn answer(&mut self, key: usize, seat: Seat, channel: Channel, kind: u8, message: &ServerMessage) {
        self.scratch.clear();
        message.encode(&mut self.scratch);
        let peer = &mut self.peers[key];
        peer.link.send(channel, &self.scratch, &mut self.quic);
        self.metrics.count_message(peer.link.transport(), kind, self.scratch.len());
        self.rooms[seat.room].down_bytes += self.scratch.len() as u64;
        self.dirty.push(key);
    }

    fn handle_fault(&mut self, key: usize, error: DecodeError, now: Duration) {
        self.metrics.count_decode_error(error.label());
        self.close(key, error.into(), now);
    }

    fn handle_end(&mut self, key: usize, ended: Ended, now: Duration) {
        let peer = &self.peers[key];
        if peer.session.state() == State::Closing {
            // QUIC connections linger until their last packets are accounted for.
            if peer.link.transport() == Transport::WebSocket {
                self.bury(key);
            }
            return;
        }
        match ended {
            // Closing is not leaving: a page that is loaded anew does it, too.
            Ended::Left => {
                let goodbye = Goodbye::new(DisconnectReason::Left, "you closed the link");
                self.part(key, goodbye, Fate::Hold, now);
            }
            Ended::TimedOut => self.lose(key, DisconnectReason::TimedOut.label(), now),
            Ended::Lost => self.lose(key, "lost", now),
            Ended::Fault(error) => self.handle_fault(key, error, now),
            Ended::Unreadable(text) => {
                self.metrics.count_decode_error("transport");
                // Libraries that are torn down break their transport's rules; that says nothing of the player.
                self.part(key, Goodbye::new(DisconnectReason::BadMessage, text), Fate::Hold, now);
            }
        }
    }

    /// Drives QUIC links that no tick drives.
    fn settle(&mut self, now: Duration) {
        let mut index = 0;
        while let Some(&key) = self.unsettled.get(index) {
            self.flush_peer(key, now);
            let Some(peer) = self.peers.get_mut(key) else {
                self.unsettled.swap_remove(index);
                continue;
            };
            if !peer.shaken && peer.link.as_quic().is_some_and(|link| !link.is_handshaking()) {
                peer.shaken = true;
                self.metrics.count_handshake(HandshakeOutcome::Completed);
                if let Err(goodbye) = self.count_connection(key) {
                    self.close(key, goodbye, now);
                    continue;
                }
            }
            let Some(peer) = self.peers.get_mut(key) else { continue };
            if peer.dead || peer.session.seat().is_some() {
                self.unsettled.swap_remove(index);
            } else {
                index += 1;
            }
        }
    }
}

//! From the sockets to the rooms: reads and handles messages, and answers those that need no tick.

use std::time::Duration;

use ::net::Budget;
use room::{Channel, Match};
use shared::{
    MemberId, PlayerId,
    wire::{ClientMessage, DecodeError, DisconnectReason, Event, ServerMessage, kind},
};

use super::{
    clock::STEP_MAX,
    closing::Fate,
    metrics::{Direction, HandshakeOutcome},
    receive_budget::{NEWCOMERS_PER_LOOK, receive_budget},
    worker::{FIRST_LINK, UDP, Worker},
};
use crate::{
    base::text,
    net::{
        Arrived, Ended, Received, Transport,
        link_state::{Action, Goodbye, State},
    },
    session::Seat,
};

/// Most messages from one link in a turn; the rest wait, so that one peer cannot delay the others.
const MESSAGES_PER_TURN: usize = 64;
/// Links that are read between two readings of the clock.
const LINKS_PER_CHECK: usize = 8;

impl Worker {
    /// Handles the messages that have arrived, within the time budget; the rest wait for the next turn.
    pub(super) fn receive(&mut self, now: Duration) {
        let began = self.clock.now();
        let since = now.saturating_sub(self.looked);
        let until = now + receive_budget(self.config.tick_rate.period(), self.until_tick(now), since);
        // The messages arrived at some time since the last receive. Half of that time ago would be right on average, but then clients
        // would send right before the tick, and the tick would wait for all their inputs.
        self.arrived = now - now.saturating_sub(self.looked) / 3;
        self.looked = now;
        self.pump_conditioned(now);
        self.poll_sockets(Duration::ZERO);
        self.receive_datagrams(now, until);
        self.read_ready(now, until);
        self.settle(now);
        let mut dirty = std::mem::take(&mut self.dirty);
        for key in dirty.drain(..) {
            self.flush_peer(key, now);
        }
        self.dirty = dirty;
        self.receiving += self.clock.now() - began;
    }

    /// Reads the ready links, those that have waited longest first.
    fn read_ready(&mut self, now: Duration, until: Duration) {
        let mut ready = std::mem::take(&mut self.ready);
        let mut read = 0;
        for &key in &ready {
            if read > 0 && read % LINKS_PER_CHECK == 0 && self.clock.now() >= until {
                break;
            }
            read += 1;
            if let Some(peer) = self.peers.get_mut(key) {
                peer.ready = false;
            }
            self.read_peer(key, now);
        }
        ready.drain(..read);
        // Links with more messages are in the new list.
        ready.append(&mut self.ready);
        self.ready = ready;
    }

    /// Adds a link to the list of links to read, once. It is read in this turn, or when there is time.
    pub(super) fn make_ready(&mut self, key: usize) {
        if let Some(peer) = self.peers.get_mut(key)
            && !std::mem::replace(&mut peer.ready, true)
        {
            self.ready.push(key);
        }
    }

    /// Adds the links that the last poll has found readable to the list.
    fn collect_ready(&mut self) {
        for event in &self.events {
            self.datagrams_wait |= event.token() == UDP;
            let Some(key) = event.token().0.checked_sub(FIRST_LINK) else { continue };
            let Some(peer) = self.peers.get_mut(key) else { continue };
            let Some(link) = peer.link.as_websocket() else { continue };
            if event.is_readable() || event.is_error() {
                link.handle_readable(event.is_read_closed() || event.is_error());
                if !std::mem::replace(&mut peer.ready, true) {
                    self.ready.push(key);
                }
            }
            if event.is_writable() && link.is_blocked() {
                self.dirty.push(key);
            }
        }
        self.events.clear();
    }

    fn receive_datagrams(&mut self, now: Duration, until: Duration) {
        self.handshakes.begin_turn(self.until_tick(now), now);
        let mut effects = std::mem::take(&mut self.effects);
        // A shard whose players use WebSocket need not read the UDP socket in every turn.
        if self.datagrams_wait {
            let Self { quic, peers, clock, .. } = self;
            let budget = Budget { until: Some(clock.at(until)), newcomers: NEWCOMERS_PER_LOOK };
            let clock = || clock.at(clock.now().min(now + STEP_MAX));
            self.datagrams_wait = quic.receive(peers, |peer| peer.link.as_quic(), budget, clock, &mut effects);
            self.metrics.count_handshakes(HandshakeOutcome::Dropped, quic.take_newcomers_dropped());
        }
        for effect in effects.drain(..) {
            match effect {
                Arrived::Touched(key) => self.make_ready(key),
                Arrived::Incoming(incoming) => self.open_door(*incoming, now),
            }
        }
        self.effects = effects;
        self.begin_waiting(now);
    }

    /// Polls the sockets; waits for the first event for at most `timeout`.
    pub(super) fn poll_sockets(&mut self, timeout: Duration) {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Ok(()) => self.collect_ready(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                static PACE: net::LogPace = net::LogPace::new();
                if let Some(unsaid) = PACE.count() {
                    tracing::error!(shard = self.config.index, %error, unsaid, "cannot poll the sockets");
                }
            }
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
                    if peer.session.state() == State::Closing {
                        // A closing peer that keeps sending is read in small parts, one per turn, and its bytes are dropped.
                        return self.make_ready(key);
                    }
                    if let Err(goodbye) = peer.session.admit(Channel::Reliable, 0, now) {
                        self.close(key, goodbye, now);
                    }
                }
                Ok(None) => return,
                Err(ended) => return self.handle_end(key, ended, now),
            }
        }
        self.make_ready(key);
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
        // The room decodes inputs. Without a room we check them here, so that a broken message is not reported as one that came too early.
        if let ClientMessage::Input(inputs) = message
            && peer.session.seat().is_none()
            && let Err(error) = inputs.check()
        {
            return self.handle_fault(key, error, now);
        }
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
                let until_tick_us = self.schedule.until(hosted.phase, self.arrived).as_micros() as u32;
                if let Err(error) = hosted.room.handle_input_bytes(seat.member, inputs, until_tick_us) {
                    self.handle_fault(key, error, now);
                }
            }
            Action::Pong(seat, token) => {
                let tick = self.rooms[seat.room].room.now_of(seat.member);
                self.answer(key, seat, Channel::Unreliable, kind::PONG, &ServerMessage::Pong { token, tick });
            }
            Action::Chat(seat, _) if self.directory.mutes.holds(seat.session) => {
                self.tell(key, seat, "an administrator has muted you: this line was not sent");
            }
            Action::Chat(seat, text) => {
                // Spectators cannot chat, and a line without visible characters is dropped.
                if let MemberId::Player(player) = seat.member
                    && let Some(line) = text::clean(text)
                {
                    self.rooms[seat.room].room.handle_chat(player, &line);
                }
            }
            Action::ChatTooFast(seat) => self.tell(key, seat, "not so fast: this line was not sent"),
            Action::Resync(seat) => {
                self.metrics.count_resync(true);
                self.rooms[seat.room].room.restart(seat.member);
            }
            Action::Watch(seat, player) => watch(&mut self.rooms[seat.room].room, seat, player),
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

    /// Fulfils requests that links made too early, as soon as they are allowed. The answers are sent with the next tick.
    pub(super) fn fulfil_wishes(&mut self, now: Duration) {
        let Self { peers, rooms, metrics, .. } = self;
        for (_, peer) in peers {
            while let Some(wish) = peer.session.poll_wish(now) {
                match wish {
                    Action::Resync(seat) => {
                        metrics.count_resync(true);
                        rooms[seat.room].room.restart(seat.member);
                    }
                    Action::Watch(seat, player) => watch(&mut rooms[seat.room].room, seat, player),
                    _ => {}
                }
            }
        }
    }

    /// Sends a chat line of the server to one player.
    fn tell(&mut self, key: usize, seat: Seat, text: &str) {
        let tick = self.rooms[seat.room].room.now_of(seat.member);
        let events = vec![Event::Chat { from: None, text: text.to_owned() }];
        self.answer(key, seat, Channel::Reliable, kind::EVENTS, &ServerMessage::Events { tick, events });
    }

    /// Sends a message that the shard has made, not the room.
    fn answer(&mut self, key: usize, seat: Seat, channel: Channel, kind: u8, message: &ServerMessage) {
        let peer = &mut self.peers[key];
        if channel == Channel::Unreliable && peer.link.is_blocked() {
            // It would arrive too late to be of use.
            return;
        }
        self.scratch.clear();
        message.encode(&mut self.scratch);
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
            // QUIC connections stay until their last packets are acknowledged or time out.
            if peer.link.transport() == Transport::WebSocket {
                self.bury(key);
            }
            return;
        }
        match ended {
            // A closed link is not a leave: a page that is reloaded closes its link, too.
            Ended::Left => {
                let goodbye = Goodbye::new(DisconnectReason::Left, "you closed the link");
                self.part(key, goodbye, Fate::Hold, now);
            }
            Ended::TimedOut => self.lose(key, DisconnectReason::TimedOut.label(), now),
            Ended::Lost => self.lose(key, "lost", now),
            Ended::Fault(error) => self.handle_fault(key, error, now),
            Ended::Unreadable(text) => {
                self.metrics.count_decode_error("transport");
                // A client's library may break the rules of its transport while it shuts down, which is no fault of the player.
                self.part(key, Goodbye::new(DisconnectReason::BadMessage, text), Fate::Hold, now);
            }
        }
    }
}

/// Changes the player whom a spectator watches; players cannot choose.
fn watch(room: &mut dyn Match, seat: Seat, player: PlayerId) {
    if let MemberId::Spectator(spectator) = seat.member {
        room.watch(spectator, player);
    }
}

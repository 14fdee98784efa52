//! From the sockets to the rooms: what players say, and what is answered at once.

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

/// Messages taken from one link per turn; the rest waits, so that one peer cannot hold up the others.
const MESSAGES_PER_TURN: usize = 64;
/// Links read between two looks at the clock.
const LINKS_PER_CHECK: usize = 8;

impl Worker {
    /// Takes what has arrived, as much as there is time for; the rest is for the next turn.
    pub(super) fn receive(&mut self, now: Duration) {
        let began = self.clock.now();
        let since = now.saturating_sub(self.looked);
        let until = now + receive_budget(self.config.tick_rate.period(), self.until_tick(now), since);
        // What is found now came at some moment since the last look. Half the time ago would be right in the mean, and would
        // make clients aim at the last moment before the tick, which all their inputs would then hold up.
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

    /// Reads the links that have something, those that have waited for longest first.
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
        // Links with more to say have been put into the new list.
        ready.append(&mut self.ready);
        self.ready = ready;
    }

    /// A link is to be read in this turn, or when there is time. It stands in the list once.
    pub(super) fn make_ready(&mut self, key: usize) {
        if let Some(peer) = self.peers.get_mut(key)
            && !std::mem::replace(&mut peer.ready, true)
        {
            self.ready.push(key);
        }
    }

    /// Remembers which sockets the last poll has found readable.
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
        // A shard of WebSockets need not ask at every turn.
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

    /// Asks which sockets are ready, and waits for one at most so long.
    pub(super) fn poll_sockets(&mut self, timeout: Duration) {
        match self.poll.poll(&mut self.events, Some(timeout)) {
            Ok(()) => self.collect_ready(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                static PACE: net::LogPace = net::LogPace::new();
                if let Some(unsaid) = PACE.count() {
                    tracing::error!(shard = self.config.index, %error, unsaid, "polling the sockets");
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
                        // What a flooder goes on sending is thrown away a piece per turn.
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
        // Inputs are read by the room. Before there is one, a broken message is still told from one that comes too early.
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
                // Spectators have no voice, and a line of which nothing can be seen is no line.
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

    /// Fulfils what links wished for too soon before. The answers leave with the next tick.
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

    /// Says a line to one player.
    fn tell(&mut self, key: usize, seat: Seat, text: &str) {
        let tick = self.rooms[seat.room].room.now_of(seat.member);
        let events = vec![Event::Chat { from: None, text: text.to_owned() }];
        self.answer(key, seat, Channel::Reliable, kind::EVENTS, &ServerMessage::Events { tick, events });
    }

    /// Sends a message of the shard's own.
    fn answer(&mut self, key: usize, seat: Seat, channel: Channel, kind: u8, message: &ServerMessage) {
        let peer = &mut self.peers[key];
        if channel == Channel::Unreliable && peer.link.is_blocked() {
            // Worthless by the time it would arrive.
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
}

/// Only spectators choose whom they see.
fn watch(room: &mut dyn Match, seat: Seat, player: PlayerId) {
    if let MemberId::Spectator(spectator) = seat.member {
        room.watch(spectator, player);
    }
}

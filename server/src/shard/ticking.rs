//! From the rooms to the sockets: makes ticks and sends their messages.

use std::time::Duration;

use room::{Channel, Match, Phase};
use shared::wire::kind;

use super::{
    metrics::{Direction, Metrics, TickTimes},
    schedule::Due,
    worker::{Peer, Worker},
};
use crate::net::{Quic, Transport};

impl Worker {
    /// Makes a tick of each room of a phase.
    pub(super) fn tick(&mut self, due: Due, now: Duration) {
        if self.sealed {
            return;
        }
        let Due { phase, skipped, late, overrun } = due;
        let overruns = skipped.saturating_add(overrun.into());
        self.metrics.record_overruns(overruns);
        self.seconds.record_overruns(overruns);
        let deadline = now.saturating_sub(late);
        let mut indices = std::mem::take(&mut self.indices);
        indices.extend(self.rooms.iter().filter(|(_, hosted)| hosted.phase == phase).map(|(index, _)| index));
        let shard = self.config.index;
        for index in indices.drain(..) {
            self.directory.shard(shard).set_ticking(Some(self.rooms[index].handle.id));
            self.tick_room(index, deadline);
            self.end_if_failed(index, now);
        }
        self.directory.shard(shard).set_ticking(None);
        self.indices = indices;
    }

    fn tick_room(&mut self, index: usize, deadline: Duration) {
        let began = self.note_time();
        let clock = self.clock;
        let hosted = &mut self.rooms[index];
        let mut times = TickTimes { receive: std::mem::take(&mut self.receiving), ..TickTimes::default() };
        let mut mark = began;
        hosted.room.tick_observed(&mut |phase| {
            let now = clock.now();
            let took = now - mark;
            mark = now;
            match phase {
                Phase::Inputs => times.inputs = took,
                Phase::Simulate => times.simulate = took,
                Phase::Replicate => times.replicate = took,
            }
        });
        #[cfg(test)]
        self.faults.lengthen_tick(clock);
        let sending = self.note_time();
        self.send_outputs(index, sending);
        self.rooms[index].collect_record(sending);
        let ended = self.note_time();
        times.send = ended.saturating_sub(mark);
        times.total = ended - began;
        let late = began.saturating_sub(deadline);
        self.metrics.record_tick(&times, late, self.rooms[index].members.len());
        self.seconds.record(times.total, late);
        let hosted = &mut self.rooms[index];
        hosted.work_us.record(times.total);
        hosted.late_us.record(late);
        hosted.publish(self.overload.rung(), ended);
    }

    /// Sends the messages of a room; a player's link is flushed as soon as its snapshot is there.
    pub(super) fn send_outputs(&mut self, index: usize, now: Duration) {
        let instant = self.clock.at(now);
        let Self { rooms, peers, quic, metrics, attention, .. } = self;
        let hosted = &mut rooms[index];
        let mut down_bytes = 0;
        let members = &hosted.members;
        while let Some(output) = hosted.room.poll_output() {
            let key = members.key_of(output.member);
            let Some((key, peer)) = key.and_then(|key| Some((key, peers.get_mut(key)?))) else { continue };
            peer.link.send(output.channel, output.bytes, quic);
            metrics.count_message(peer.link.transport(), output.kind, output.bytes.len());
            down_bytes += output.bytes.len() as u64;
            if output.kind == kind::WELCOME
                && let Some(message) = peer.untold.take()
            {
                peer.link.send(Channel::Reliable, &message, quic);
                metrics.count_message(peer.link.transport(), kind::SESSION, message.len());
                down_bytes += message.len() as u64;
            }
            // A snapshot is the last message to a player in a tick.
            if matches!(output.kind, kind::SNAPSHOT | kind::PLAIN_SNAPSHOT) && !peer.flushed {
                peer.flushed = true;
                if flush(peer, quic, metrics, instant) {
                    attention.push(key);
                }
            }
        }
        hosted.down_bytes += down_bytes;
        for key in hosted.members.keys() {
            let Some(peer) = peers.get_mut(key) else { continue };
            if !std::mem::take(&mut peer.flushed) && flush(peer, quic, metrics, instant) {
                attention.push(key);
            }
        }
        let mut attention = std::mem::take(&mut self.attention);
        for key in attention.drain(..) {
            self.attend(key, now);
        }
        self.attention = attention;
    }

    /// Flushes a link outside of a tick.
    pub(super) fn flush_peer(&mut self, key: usize, now: Duration) {
        let instant = self.clock.at(now);
        let Self { peers, quic, metrics, .. } = self;
        if let Some(peer) = peers.get_mut(key).filter(|peer| !peer.dead)
            && flush(peer, quic, metrics, instant)
        {
            self.attend(key, now);
        }
    }

    /// Handles a link that is blocked, broken or ended after its flush.
    fn attend(&mut self, key: usize, now: Duration) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        if peer.broken {
            return self.lose(key, "lost", now);
        }
        if peer.link.is_drained() {
            // A timer may have ended it, not a packet; then its reason has not been read yet.
            self.read_peer(key, now);
            return self.lose(key, "lost", now);
        }
        let blocked = peer.link.is_blocked();
        let news = peer.session.set_blocked(blocked, now);
        let lost_reliable = peer.link.take_lost_reliable();
        if let Some(hosted) = peer.session.seat().and_then(|seat| self.rooms.get_mut(seat.room))
            && let Some(seat) = peer.session.seat()
        {
            if news {
                hosted.room.set_blocked(seat.member, blocked);
            }
            if lost_reliable {
                self.metrics.count_resync(false);
                hosted.room.resync(seat.member);
            }
        }
    }
}

/// Flushes a link; true if [`Worker::attend`] must handle it.
fn flush(peer: &mut Peer, quic: &mut Quic, metrics: &mut Metrics, now: std::time::Instant) -> bool {
    let packets = peer.link.stats().down.packets;
    peer.broken |= peer.link.flush(quic, now).is_err();
    if peer.link.transport() == Transport::WebSocket {
        metrics.count_websocket_packets(Direction::Down, peer.link.stats().down.packets - packets);
    }
    peer.broken || peer.link.is_drained() || peer.session.is_blocked() || peer.link.is_blocked()
}

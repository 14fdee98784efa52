//! The end of links: goodbyes, time-outs, and what they leave behind.

use std::time::Duration;

use shared::wire::kind;

use super::worker::{FIRST_LINK, Worker};
use crate::{
    net::Transport,
    session::{Expiry, Goodbye, State},
};

impl Worker {
    /// Says goodbye; the link is dropped when the peer has heard it, or a moment later.
    pub(super) fn close(&mut self, key: usize, goodbye: Goodbye, now: Duration) {
        let Some(peer) = self.peers.get(key).filter(|peer| !peer.dead) else { return };
        if peer.session.state() == State::Closing {
            return;
        }
        self.vacate(key);
        let peer = &mut self.peers[key];
        let stats = peer.link.stats();
        tracing::debug!(
            peer = %peer.address, reason = goodbye.reason.label(), text = goodbye.text, rtt = ?peer.link.rtt(),
            down_bytes = stats.down.bytes, up_bytes = stats.up.bytes, "closed",
        );
        self.metrics.count_close(goodbye.reason.label());
        self.metrics.count_message(peer.link.transport(), kind::GOODBYE, goodbye.text.len() + 4);
        peer.link.part(goodbye);
        peer.session.closing(now);
        if peer.link.transport() != Transport::WebSocket && !self.unsettled.contains(&key) {
            self.unsettled.push(key);
        }
        self.dirty.push(key);
        // What is left in the socket must be thrown away, readiness or not.
        self.ready.push(key);
    }

    /// The link is gone without a goodbye.
    pub(super) fn lose(&mut self, key: usize, label: &'static str) {
        let Some(peer) = self.peers.get(key).filter(|peer| !peer.dead) else { return };
        if peer.session.state() != State::Closing {
            tracing::debug!(peer = %peer.address, reason = label, "lost");
            self.metrics.count_close(label);
        }
        self.vacate(key);
        self.bury(key);
    }

    /// The link is to be removed at the end of this turn.
    pub(super) fn bury(&mut self, key: usize) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        if !std::mem::replace(&mut peer.dead, true) {
            self.dead.push(key);
        }
    }

    /// Removes what ended in this turn.
    pub(super) fn bury_dead(&mut self) {
        let now = self.clock.at(self.clock.now());
        while let Some(key) = self.dead.pop() {
            let Some(mut peer) = self.peers.try_remove(key) else { continue };
            if let Some(link) = peer.link.as_quic() {
                link.close(now);
            }
            let _ = peer.link.flush(&mut self.quic, now);
            if let Some(link) = peer.link.as_quic() {
                self.quic.forget(link, key);
            }
            if let Some(link) = peer.link.as_websocket() {
                // Closing the socket would do; this also tells systems where it does not.
                let _ = self.poll.registry().deregister(link.source());
            }
            self.unsettled.retain(|&other| other != key);
        }
    }

    /// Acts on what has not happened in time.
    pub(super) fn expire(&mut self, now: Duration) {
        let mut indices = std::mem::take(&mut self.indices);
        indices
            .extend(self.peers.iter().filter(|(_, peer)| peer.session.poll_expiry(now).is_some()).map(|(key, _)| key));
        for key in indices.drain(..) {
            match self.peers.get(key).and_then(|peer| peer.session.poll_expiry(now)) {
                Some(Expiry::Close(goodbye)) => self.close(key, goodbye, now),
                Some(Expiry::Drop) => self.bury(key),
                None => {}
            }
        }
        self.indices = indices;
    }

    /// Frees the seat of whoever plays on a link.
    fn vacate(&mut self, key: usize) {
        let peer = &self.peers[key];
        let Some(seat) = peer.session.seat() else { return };
        self.metrics.player_left(peer.link.transport());
        if let Some(hosted) = self.rooms.get_mut(seat.room) {
            hosted.room.leave(seat.player);
            hosted.remove(seat.player);
            self.directory.release(hosted.handle.id, hosted.handle.part_of(seat.player));
        }
    }
}

const _: () = assert!(FIRST_LINK > 1, "waker and UDP socket have tokens of their own");

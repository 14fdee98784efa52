//! The end of a shard: it sends a goodbye on every link before its thread ends.

use std::time::Duration;

use shared::{RoomId, wire::DisconnectReason};

use super::worker::Worker;
use crate::net::link_state::Goodbye;

/// Time for goodbyes to arrive when the server ends. It is enough for some round trips over any distance; together with the default
/// of `drain.secs` it is less than the ten seconds after which Docker kills.
const DRAIN_MAX: Duration = Duration::from_secs(1);

impl Worker {
    pub(super) fn drain(&mut self, text: &str, now: Duration) {
        if self.draining.is_some() {
            return;
        }
        self.draining = Some(now + DRAIN_MAX);
        // The recordings end first, so that the leaves that follow from the goodbyes are in none.
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

    pub(super) fn is_drained(&mut self) -> bool {
        let Some(until) = self.draining else { return false };
        self.clock.now() >= until || self.peers.iter_mut().all(|(_, peer)| peer.link.has_parted())
    }
}

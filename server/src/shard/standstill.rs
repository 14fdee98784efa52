//! Handles a standstill of the process, for which no player is to blame.
//!
//! The messages of that time wait in the sockets, and all come at once. So the time does not count as silence ([`super::clock`]),
//! the rate limits of each link are credited with it, and networks are not charged until the waiting messages are read.

use std::time::Duration;

use super::worker::Worker;

/// Time after a standstill in which the waiting messages are read, and links that have ended meanwhile are noticed.
const CATCHING_UP: Duration = Duration::from_secs(3);

impl Worker {
    /// Notes that a part of a turn has ended; returns the time.
    pub(super) fn note_time(&mut self) -> Duration {
        let (now, stood_still) = self.clock.note();
        if let Some(gap) = stood_still {
            self.handle_standstill(gap, now);
        }
        now
    }

    /// True if messages of the last standstill may still wait in the sockets.
    pub(super) fn is_catching_up(&self, now: Duration) -> bool {
        now < self.catching_up_until
    }

    fn handle_standstill(&mut self, gap: Duration, now: Duration) {
        for (_, peer) in &mut self.peers {
            peer.session.credit(gap);
            if let Some(link) = peer.link.as_quic() {
                link.credit(gap);
            }
        }
        self.catching_up_until = now + CATCHING_UP;
        // All shards of a process stand still together.
        if self.directory.note_standstill(self.clock.real(now)) {
            self.metrics.count_standstill(gap);
            tracing::warn!(
                shard = self.config.index,
                secs = (gap.as_secs_f64() * 10.0).round() / 10.0,
                "the server stood still: the process was stopped, or had no processor; time-outs of players do not count it",
            );
        }
    }
}

//! The process stood still: what its players did meanwhile is no fault of theirs.
//!
//! Their messages wait in the sockets, all at once, and nobody could be heard. So silence does not count ([`super::clock`]),
//! the rates of each link are credited with the time, and what a network may send is not charged until what waits is read.

use std::time::Duration;

use super::worker::Worker;

/// Time after standing still in which what waits in the sockets is read, and those who gave up are noticed.
const CATCHING_UP: Duration = Duration::from_secs(3);

impl Worker {
    /// Notes that a part of a turn is over; gives the time.
    pub(super) fn note_time(&mut self) -> Duration {
        let (now, stood_still) = self.clock.note();
        if let Some(gap) = stood_still {
            self.handle_standstill(gap, now);
        }
        now
    }

    /// Whether what came while the process stood still may still be on its way through.
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

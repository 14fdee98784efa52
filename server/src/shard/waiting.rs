//! Decides when a shard receives: shortly before a tick, and every few milliseconds in between.

use std::time::Duration;

use super::worker::Worker;

/// Time between two receives. It is short, so that no kernel buffer overflows, answers are sent soon, and the time of arrivals is
/// known to a few milliseconds.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);
/// Time of the last receive before a tick: clients time their inputs for it, so the time that we report to them must be exact.
const LOOK_BEFORE_TICK: Duration = Duration::from_micros(1_500);
/// Least time between two receives; below it, a wake-up is not worth its cost.
const LOOK_SPACING: Duration = Duration::from_millis(1);
/// Without players the thread waits on the sockets. The system counts in milliseconds, so the last ones are slept.
const POLL_MARGIN: Duration = Duration::from_millis(2);
/// Longest wait of a shard without rooms, for its heartbeat.
const IDLE_POLL: Duration = Duration::from_millis(250);

impl Worker {
    /// Waits until something is due.
    pub(super) fn wait(&mut self) {
        let now = self.note_time();
        let deadline = self.schedule.next_deadline();
        if self.peers.is_empty() && self.waiting.is_empty() && self.draining.is_none() {
            return self.wait_for_anyone(now, deadline);
        }
        match deadline {
            Some(deadline) => match next_look(now, deadline) {
                Some(look) => self.waiter.sleep_until(self.clock.real(look)),
                None => self.waiter.meet(self.clock.real(deadline)),
            },
            None => self.waiter.sleep_until(self.clock.real(now + LOOK_INTERVAL)),
        }
    }

    /// Without players the thread waits on the sockets, so that the first newcomer is handled at once.
    fn wait_for_anyone(&mut self, now: Duration, deadline: Option<Duration>) {
        let left = deadline.map_or(IDLE_POLL, |deadline| deadline.saturating_sub(now)).min(IDLE_POLL);
        if left <= POLL_MARGIN {
            return self.waiter.meet(self.clock.real(now + left));
        }
        if self.clock.is_simulated() {
            return self.waiter.sleep_until(self.clock.real(now + left - POLL_MARGIN));
        }
        // Whole milliseconds, rounded down: the system would round up.
        let timeout = Duration::from_millis((left - POLL_MARGIN).as_millis() as u64);
        self.poll_sockets(timeout);
    }
}

/// Time of the next receive; `None` if the tick comes first.
fn next_look(now: Duration, deadline: Duration) -> Option<Duration> {
    let last = deadline.saturating_sub(LOOK_BEFORE_TICK);
    let regular = now + LOOK_INTERVAL;
    if regular + LOOK_SPACING <= last {
        Some(regular)
    } else if now + LOOK_SPACING / 2 <= last {
        Some(last)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_looked_at_every_few_ms_and_shortly_before_a_tick() {
        let us = Duration::from_micros;
        let looks = |period_us| {
            let deadline = us(period_us);
            let next = |&look: &Duration| next_look(look, deadline);
            std::iter::successors(next_look(us(0), deadline), next).map(|look| look.as_micros()).collect::<Vec<_>>()
        };
        assert_eq!(looks(20_000), [5_000, 10_000, 15_000, 18_500]);
        assert_eq!(looks(6_250), [4_750]);
        assert_eq!(looks(2_000), [500]);
        assert!(looks(1_900).is_empty());
        assert_eq!(next_look(us(12_000), us(10_000)), None, "late already");
    }
}

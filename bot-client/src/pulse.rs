//! What bots pass on while they play, so that a second can be shown when it is over: sums without a lock.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use client::Counters;

/// Sums over all bots since the run began.
#[derive(Debug, Default)]
pub(crate) struct Pulse {
    down_bytes: AtomicU64,
    up_bytes: AtomicU64,
    state_mismatches: AtomicU64,
}

/// One moment of it, or what one bot has told of itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Beat {
    pub(crate) down_bytes: u64,
    pub(crate) up_bytes: u64,
    pub(crate) state_mismatches: u64,
}

/// One bot's part: what it has told of its present link, and when it tells again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Teller {
    told: Beat,
    next: Duration,
}

impl Pulse {
    pub(crate) fn now(&self) -> Beat {
        Beat {
            down_bytes: self.down_bytes.load(Ordering::Relaxed),
            up_bytes: self.up_bytes.load(Ordering::Relaxed),
            state_mismatches: self.state_mismatches.load(Ordering::Relaxed),
        }
    }
}

impl Teller {
    /// Tells what came since the last time, if that is a while ago.
    pub(crate) fn tell(&mut self, counters: &Counters, pulse: &Pulse, now: Duration) {
        if now >= self.next {
            // On a grid, so that every second holds as many tellings as the next.
            self.next = (self.next + INTERVAL).max(now.saturating_sub(INTERVAL));
            self.add(counters, pulse);
        }
    }

    /// The link has ended: tells the rest. The next one counts from zero.
    pub(crate) fn finish(&mut self, counters: &Counters, pulse: &Pulse) {
        self.add(counters, pulse);
        self.told = Beat::default();
    }

    fn add(&mut self, counters: &Counters, pulse: &Pulse) {
        let seen = Beat {
            down_bytes: counters.down.bytes_total(),
            up_bytes: counters.up.bytes_total(),
            state_mismatches: counters.state_mismatches,
        };
        let told = std::mem::replace(&mut self.told, seen);
        pulse.down_bytes.fetch_add(seen.down_bytes.saturating_sub(told.down_bytes), Ordering::Relaxed);
        pulse.up_bytes.fetch_add(seen.up_bytes.saturating_sub(told.up_bytes), Ordering::Relaxed);
        let mismatches = seen.state_mismatches.saturating_sub(told.state_mismatches);
        if mismatches > 0 {
            pulse.state_mismatches.fetch_add(mismatches, Ordering::Relaxed);
        }
    }
}

/// A tenth of what is shown, and rare enough to cost a bot nothing.
const INTERVAL: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_is_told_once_and_not_more_often_than_every_interval() {
        let (pulse, mut teller) = (Pulse::default(), Teller::default());
        let seen = |state_mismatches| Counters { state_mismatches, ..Counters::default() };
        let ms = Duration::from_millis;
        let mut told = |mismatches, at| {
            teller.tell(&seen(mismatches), &pulse, ms(at));
            pulse.now().state_mismatches
        };
        assert_eq!(told(2, 10), 2);
        assert_eq!(told(3, 60), 2, "too early");
        assert_eq!(told(3, 110), 3);
        teller.finish(&seen(4), &pulse);
        teller.tell(&seen(1), &pulse, ms(400));
        assert_eq!(pulse.now().state_mismatches, 5, "the next link counts from zero");
    }
}

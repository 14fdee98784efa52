//! Totals that bots report while they play, without a lock: source of the live view and of the plots over time.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use client::Counters;

/// Sums over all bots since the run began.
#[derive(Debug, Default)]
pub(crate) struct LiveCounters {
    down_bytes: AtomicU64,
    up_bytes: AtomicU64,
    state_mismatches: AtomicU64,
}

/// Totals at one time, of all bots or of one bot's link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct LiveTotals {
    pub(crate) down_bytes: u64,
    pub(crate) up_bytes: u64,
    pub(crate) state_mismatches: u64,
}

/// Reporter of one bot: the totals of its link that it has reported, and the time of its next report.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LiveReporter {
    reported: LiveTotals,
    next: Duration,
}

impl LiveCounters {
    pub(crate) fn now(&self) -> LiveTotals {
        LiveTotals {
            down_bytes: self.down_bytes.load(Ordering::Relaxed),
            up_bytes: self.up_bytes.load(Ordering::Relaxed),
            state_mismatches: self.state_mismatches.load(Ordering::Relaxed),
        }
    }
}

impl LiveReporter {
    /// Reports the counts since the last report, at most once per interval.
    pub(crate) fn report(&mut self, counters: &Counters, live_counters: &LiveCounters, now: Duration) {
        if now >= self.next {
            // All bots report at the same times, so each second holds the same number of reports.
            self.next = (self.next + INTERVAL).max(now.saturating_sub(INTERVAL));
            self.add(counters, live_counters);
        }
    }

    /// Reports the rest when the link has ended. The next link counts from zero.
    pub(crate) fn finish(&mut self, counters: &Counters, live_counters: &LiveCounters) {
        self.add(counters, live_counters);
        self.reported = LiveTotals::default();
    }

    fn add(&mut self, counters: &Counters, live_counters: &LiveCounters) {
        let seen = LiveTotals {
            down_bytes: counters.down.bytes_total(),
            up_bytes: counters.up.bytes_total(),
            state_mismatches: counters.state_mismatches,
        };
        let reported = std::mem::replace(&mut self.reported, seen);
        live_counters.down_bytes.fetch_add(seen.down_bytes.saturating_sub(reported.down_bytes), Ordering::Relaxed);
        live_counters.up_bytes.fetch_add(seen.up_bytes.saturating_sub(reported.up_bytes), Ordering::Relaxed);
        let mismatches = seen.state_mismatches.saturating_sub(reported.state_mismatches);
        if mismatches > 0 {
            live_counters.state_mismatches.fetch_add(mismatches, Ordering::Relaxed);
        }
    }
}

/// A tenth of a second on the plots, and rare enough to cost a bot nothing.
const INTERVAL: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_is_reported_once_and_at_most_once_per_interval() {
        let (live_counters, mut live_reporter) = (LiveCounters::default(), LiveReporter::default());
        let seen = |state_mismatches| Counters { state_mismatches, ..Counters::default() };
        let ms = Duration::from_millis;
        let mut reported = |mismatches, at| {
            live_reporter.report(&seen(mismatches), &live_counters, ms(at));
            live_counters.now().state_mismatches
        };
        assert_eq!(reported(2, 10), 2);
        assert_eq!(reported(3, 60), 2, "too early");
        assert_eq!(reported(3, 110), 3);
        live_reporter.finish(&seen(4), &live_counters);
        live_reporter.report(&seen(1), &live_counters, ms(400));
        assert_eq!(live_counters.now().state_mismatches, 5, "the next link counts from zero");
    }
}

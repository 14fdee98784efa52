//! Limits a log line to one a minute, with the number of lines left out: for errors that may come with every packet or connection.
//!
//! ```
//! static PACE: net::LogPace = net::LogPace::new();
//! if let Some(unsaid) = PACE.count() {
//!     tracing::error!(unsaid, "receiving from the socket");
//! }
//! ```

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// See the module. Each place that logs has its own, shared by all threads.
#[derive(Debug, Default)]
pub struct LogPace {
    /// Time of the next line, milliseconds since the start.
    next: AtomicU64,
    unsaid: AtomicU64,
}

const PERIOD: Duration = Duration::from_secs(60);
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl LogPace {
    /// A limiter that logs the first event.
    pub const fn new() -> Self {
        Self { next: AtomicU64::new(0), unsaid: AtomicU64::new(0) }
    }

    /// Counts an event. Returns `None` if it must not be logged; otherwise the number of events left out since the last line.
    pub fn count(&self) -> Option<u64> {
        self.count_at(START.elapsed())
    }

    fn count_at(&self, now: Duration) -> Option<u64> {
        let next = self.next.load(Ordering::Relaxed);
        let now_ms = now.as_millis() as u64;
        let later = now_ms + PERIOD.as_millis() as u64;
        // If two threads come at the same time, only one logs.
        let wins =
            now_ms >= next && self.next.compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if wins {
            return Some(self.unsaid.swap(0, Ordering::Relaxed));
        }
        self.unsaid.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_says_how_many_it_stands_for() {
        let pace = LogPace::new();
        let count = |secs| pace.count_at(Duration::from_secs(secs));
        assert_eq!(count(5), Some(0));
        assert_eq!((count(5), count(64)), (None, None));
        assert_eq!(count(65), Some(2));
        assert_eq!(count(200), Some(0));
    }
}

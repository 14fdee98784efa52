//! Measures whether the disk keeps up. Other threads than the writer do it, because a thread that is blocked in a write cannot log.
//!
//! Shards note what they queue, the writer notes what it takes and completes, and the control plane reads both a few times a second.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use metrics::{counter, gauge};
use tracing::{error, info};

/// The measurements, shared by shards, writer and control plane.
#[derive(Debug)]
pub struct DiskHealth {
    start: Instant,
    chunks: AtomicUsize,
    bytes: AtomicUsize,
    /// Time when the oldest unwritten chunk was queued, milliseconds since the start; it has no meaning while there is none.
    oldest_ms: AtomicU64,
    /// The last write failed.
    refuses: AtomicBool,
    /// The log says that the disk is behind.
    behind_logged: AtomicBool,
    /// Matches with recorded data that will never be on disk.
    lost: AtomicUsize,
}

/// From this lag on the disk is behind. Normally a chunk is written within milliseconds, syncs included.
pub(crate) const BEHIND: Duration = Duration::from_secs(3);

impl DiskHealth {
    pub(super) fn new() -> Self {
        Self {
            start: Instant::now(),
            chunks: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            oldest_ms: AtomicU64::new(0),
            refuses: AtomicBool::new(false),
            behind_logged: AtomicBool::new(false),
            lost: AtomicUsize::new(0),
        }
    }

    /// Notes that a chunk is queued; returns the waiting bytes with it, and its timestamp for [`DiskHealth::taken`].
    pub(super) fn queued(&self, bytes: usize) -> (usize, u64) {
        let now_ms = self.now_ms();
        if self.chunks.fetch_add(1, Ordering::AcqRel) == 0 {
            self.oldest_ms.store(now_ms, Ordering::Release);
        }
        (self.bytes.fetch_add(bytes, Ordering::AcqRel) + bytes, now_ms)
    }

    /// Notes that the writer starts with a chunk.
    pub(super) fn taken(&self, queued_ms: u64) {
        self.oldest_ms.store(queued_ms, Ordering::Release);
    }

    /// Notes that a chunk is written, or did not get into the queue.
    pub(super) fn done(&self, bytes: usize) {
        self.chunks.fetch_sub(1, Ordering::AcqRel);
        self.bytes.fetch_sub(bytes, Ordering::AcqRel);
    }

    pub(super) fn set_refuses(&self, refuses: bool) -> bool {
        self.refuses.swap(refuses, Ordering::AcqRel)
    }

    /// Counts matches with data that will never be on disk.
    pub(super) fn count_lost(&self, matches: usize) {
        counter!("ricochet_recordings_lost_total").increment(matches as u64);
        self.lost.fetch_add(matches, Ordering::AcqRel);
    }

    /// Matches lost since the start.
    pub(crate) fn lost(&self) -> usize {
        self.lost.load(Ordering::Acquire)
    }

    /// Bytes that wait to be written.
    pub(crate) fn waiting_bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// Time that the oldest chunk has waited.
    pub(crate) fn lag(&self) -> Duration {
        if self.chunks.load(Ordering::Acquire) == 0 {
            return Duration::ZERO;
        }
        Duration::from_millis(self.now_ms().saturating_sub(self.oldest_ms.load(Ordering::Acquire)))
    }

    /// True if the lag is at least [`BEHIND`].
    pub(crate) fn is_behind(&self) -> bool {
        self.lag() >= BEHIND
    }

    /// The fault of the disk, in words; `None` if there is none.
    pub(crate) fn trouble(&self) -> Option<String> {
        let lag = self.lag();
        if lag >= BEHIND {
            return Some(format!("the disk is behind: recordings have waited for {} s", lag.as_secs()));
        }
        self.refuses.load(Ordering::Acquire).then(|| "the disk refuses recordings".to_owned())
    }

    /// Sets the gauges, and logs when the disk falls behind or has caught up. Call it a few times a second.
    pub(crate) fn watch(&self) {
        let lag = self.lag();
        gauge!("ricochet_recording_queue_bytes").set(self.waiting_bytes() as f64);
        gauge!("ricochet_recording_lag_seconds").set(lag.as_secs_f64());
        let is_behind = lag >= BEHIND;
        if self.behind_logged.swap(is_behind, Ordering::AcqRel) == is_behind {
            return;
        }
        if is_behind {
            let (secs, bytes) = (lag.as_secs(), self.waiting_bytes());
            error!(
                secs,
                bytes, "the disk is behind: matches go on, but unwritten recordings would be lost with the process"
            );
        } else {
            info!("the disk has caught up");
        }
    }

    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The health of a process that started `before` ago.
    fn started(before: Duration) -> DiskHealth {
        DiskHealth {
            start: Instant::now().checked_sub(before).expect("the machine runs for longer"),
            ..DiskHealth::new()
        }
    }

    #[test]
    fn lag_is_the_age_of_the_oldest_chunk_that_waits() {
        let health = started(Duration::from_secs(10));
        assert_eq!((health.lag(), health.trouble()), (Duration::ZERO, None));
        let (bytes, at) = health.queued(100);
        assert_eq!(bytes, 100);
        assert!(health.lag() < BEHIND && at >= 10_000);
        // The thread is blocked by a chunk that was queued five seconds ago.
        health.taken(5_000);
        assert!(health.is_behind());
        assert!(health.trouble().unwrap().contains("the disk is behind"));
        health.done(100);
        assert_eq!((health.lag(), health.waiting_bytes()), (Duration::ZERO, 0));
    }

    #[test]
    fn disk_that_refuses_is_said_until_it_takes_again() {
        let health = DiskHealth::new();
        assert!(!health.set_refuses(true));
        assert!(health.trouble().unwrap().contains("refuses"));
        assert!(health.set_refuses(false));
        assert_eq!(health.trouble(), None);
    }
}

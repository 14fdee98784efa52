//! The pulse of a shard, written by it and read by health checks and the lobby.
//!
//! Two things are told apart. A shard is *alive* while its loop makes turns; one that makes none for long only a restart helps. It is
//! *overloaded* while it stands on a rung of the overload ladder: its matches run on, with less quality or slower, and a restart
//! would only cost its players their places.

use std::{
    sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// The pulse of a shard, written by it and read by health checks and the lobby.
#[derive(Debug)]
pub struct ShardStatus {
    started: Instant,
    /// Milliseconds from `started` to the last beat; 0 is never.
    beat_ms: AtomicU64,
    rung: AtomicU8,
    refuses_joins: AtomicBool,
    died: AtomicBool,
}

impl ShardStatus {
    pub(super) fn new(started: Instant) -> Self {
        let flag = || AtomicBool::new(false);
        Self { started, beat_ms: AtomicU64::new(0), rung: AtomicU8::new(0), refuses_joins: flag(), died: flag() }
    }

    /// Called by the shard in every turn of its loop.
    pub fn beat(&self, now: Instant) {
        let ms = now.saturating_duration_since(self.started).as_millis() as u64;
        self.beat_ms.store(ms.max(1), Ordering::Relaxed);
    }

    /// Whether it has beaten within `patience`.
    pub fn is_alive(&self, now: Instant, patience: Duration) -> bool {
        match self.beat_ms.load(Ordering::Relaxed) {
            _ if self.has_died() => false,
            0 => false,
            ms => now.saturating_duration_since(self.started + Duration::from_millis(ms)) <= patience,
        }
    }

    /// Its thread panicked.
    pub fn die(&self) {
        self.died.store(true, Ordering::Relaxed);
    }

    /// Whether its thread panicked: nothing but a new process brings it back.
    pub fn has_died(&self) -> bool {
        self.died.load(Ordering::Relaxed)
    }

    /// Set by the shard when it steps on another rung of its overload ladder: the lobby sends nobody to one that refuses joins.
    pub fn set_rung(&self, rung: u8, refuses_joins: bool) {
        self.rung.store(rung, Ordering::Relaxed);
        self.refuses_joins.store(refuses_joins, Ordering::Relaxed);
    }

    /// Where it stands on its overload ladder; 0 is full quality.
    pub fn rung(&self) -> u8 {
        self.rung.load(Ordering::Relaxed)
    }

    /// Whether it takes nobody now.
    pub fn refuses_joins(&self) -> bool {
        self.refuses_joins.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_is_alive_for_as_long_as_its_last_beat_lasts() {
        let now = Instant::now();
        let shard = ShardStatus::new(now);
        let patience = Duration::from_secs(1);
        assert!(!shard.is_alive(now, patience), "never beaten");
        shard.beat(now + Duration::from_millis(500));
        assert!(shard.is_alive(now + Duration::from_millis(1_400), patience));
        assert!(!shard.is_alive(now + Duration::from_millis(1_600), patience));
    }
}

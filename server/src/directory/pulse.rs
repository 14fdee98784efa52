//! The heartbeat of a shard, written by the shard and read by health checks and the lobby.
//!
//! Two faults are distinguished. A shard is *alive* while its loop makes turns; if it makes none for long, only a restart helps. It is
//! *overloaded* while its rung of the overload ladder is not 0: its matches go on, with less quality or slower, and a restart
//! would only disconnect its players.

use std::{
    sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use shared::RoomId;

/// State of a shard, written by the shard and read by health checks and the lobby.
#[derive(Debug)]
pub struct ShardStatus {
    started: Instant,
    /// Milliseconds from `started` to the last heartbeat; 0 is never.
    beat_ms: AtomicU64,
    rung: AtomicU8,
    refuses_joins: AtomicBool,
    died: AtomicBool,
    /// Number of the room whose tick is running; 0 between ticks.
    ticking: AtomicU32,
}

impl ShardStatus {
    pub(super) fn new(started: Instant) -> Self {
        let flag = || AtomicBool::new(false);
        Self {
            started,
            beat_ms: AtomicU64::new(0),
            rung: AtomicU8::new(0),
            refuses_joins: flag(),
            died: flag(),
            ticking: AtomicU32::new(0),
        }
    }

    /// Called by the shard in every turn of its loop.
    pub fn beat(&self, now: Instant) {
        let ms = now.saturating_duration_since(self.started).as_millis() as u64;
        self.beat_ms.store(ms.max(1), Ordering::Relaxed);
    }

    /// True if the last heartbeat is at most `patience` ago and the thread has not panicked.
    pub fn is_alive(&self, now: Instant, patience: Duration) -> bool {
        match self.beat_ms.load(Ordering::Relaxed) {
            _ if self.has_died() => false,
            0 => false,
            ms => now.saturating_duration_since(self.started + Duration::from_millis(ms)) <= patience,
        }
    }

    /// Notes that its thread panicked.
    pub fn die(&self) {
        self.died.store(true, Ordering::Relaxed);
    }

    /// True if its thread panicked and no new one has replaced it yet.
    pub fn has_died(&self) -> bool {
        self.died.load(Ordering::Relaxed)
    }

    /// Resets the state for a new thread; the shard is alive from its first heartbeat on.
    pub(crate) fn revive(&self) {
        self.beat_ms.store(0, Ordering::Relaxed);
        self.set_rung(0, false);
        self.set_ticking(None);
        self.died.store(false, Ordering::Relaxed);
    }

    /// Set by the shard around the tick of each room.
    pub(crate) fn set_ticking(&self, room: Option<RoomId>) {
        self.ticking.store(room.map_or(0, |room| room.0), Ordering::Relaxed);
    }

    /// The room whose tick is running, or was running when the thread panicked.
    pub(crate) fn ticking(&self) -> Option<RoomId> {
        match self.ticking.load(Ordering::Relaxed) {
            0 => None,
            room => Some(RoomId(room)),
        }
    }

    /// Set by the shard when its rung of the overload ladder changes. The lobby sends no players to a shard that refuses joins.
    pub fn set_rung(&self, rung: u8, refuses_joins: bool) {
        self.rung.store(rung, Ordering::Relaxed);
        self.refuses_joins.store(refuses_joins, Ordering::Relaxed);
    }

    /// Its rung of the overload ladder; 0 is full quality.
    pub fn rung(&self) -> u8 {
        self.rung.load(Ordering::Relaxed)
    }

    /// True if it takes no new players now.
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
    #[test]
    fn restarted_shard_is_alive_from_its_first_beat_on() {
        let now = Instant::now();
        let shard = ShardStatus::new(now);
        let patience = Duration::from_secs(1);
        shard.beat(now);
        shard.set_ticking(Some(RoomId(3)));
        shard.die();
        assert!(!shard.is_alive(now, patience));
        assert_eq!(shard.ticking(), Some(RoomId(3)));
        shard.revive();
        assert!(!shard.is_alive(now, patience) && !shard.has_died());
        assert_eq!(shard.ticking(), None);
        shard.beat(now);
        assert!(shard.is_alive(now, patience));
    }
}

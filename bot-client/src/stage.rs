//! Where a run is, seen by all bots without a lock.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// What bots do now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    /// Bots join.
    Ramp = 0,
    /// All are there: what they see counts.
    Measure = 1,
    /// They leave.
    Leave = 2,
}

/// The stage and how many bots have come that far.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    stage: AtomicU8,
    joined: AtomicU32,
    failed: AtomicU32,
    disconnected: AtomicU32,
    tick_hz: AtomicU32,
    stalled: AtomicU32,
    recovered: AtomicU32,
}

impl Stages {
    pub(crate) fn now(&self) -> Stage {
        match self.stage.load(Ordering::Relaxed) {
            0 => Stage::Ramp,
            1 => Stage::Measure,
            _ => Stage::Leave,
        }
    }

    pub(crate) fn set(&self, stage: Stage) {
        self.stage.store(stage as u8, Ordering::Relaxed);
    }

    pub(crate) fn add_joined(&self, tick_hz: u16) {
        self.tick_hz.store(tick_hz.into(), Ordering::Relaxed);
        self.joined.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_failed(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_disconnected(&self) {
        self.disconnected.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_stalled(&self) {
        self.stalled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_recovered(&self) {
        self.recovered.fetch_add(1, Ordering::Relaxed);
    }

    /// Bots that stopped reading for a while.
    pub(crate) fn stalled(&self) -> u32 {
        self.stalled.load(Ordering::Relaxed)
    }

    /// Those of them that played on with the link they had.
    pub(crate) fn recovered(&self) -> u32 {
        self.recovered.load(Ordering::Relaxed)
    }

    pub(crate) fn joined(&self) -> u32 {
        self.joined.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Bots that had joined and lost the server before the end.
    pub(crate) fn disconnected(&self) -> u32 {
        self.disconnected.load(Ordering::Relaxed)
    }

    /// Ticks per second of the server, 0 before the first bot joined.
    pub(crate) fn tick_hz(&self) -> u16 {
        self.tick_hz.load(Ordering::Relaxed) as u16
    }
}

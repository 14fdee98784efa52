//! Stage of a run and counts of bots, read by all bots without a lock.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

/// Stage of a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    /// Bots join, or some of them leave; measurements are discarded.
    Ramp = 0,
    /// All bots are there; their measurements count.
    Measure = 1,
    /// The bots leave.
    Leave = 2,
}

/// The stage, and the number of bots in each state.
#[derive(Debug)]
pub(crate) struct Stages {
    stage: AtomicU8,
    /// Bots with this number or a higher one must leave.
    kept: AtomicU32,
    joined: AtomicU32,
    failed: AtomicU32,
    disconnected: AtomicU32,
    /// Hostile bots that have arrived or were refused.
    hostile: AtomicU32,
    tick_hz: AtomicU32,
    stalled: AtomicU32,
    recovered: AtomicU32,
    /// Bots whose measured window is open.
    windows: AtomicU32,
}

impl Default for Stages {
    fn default() -> Self {
        Self {
            stage: AtomicU8::new(Stage::Ramp as u8),
            kept: AtomicU32::new(u32::MAX),
            joined: AtomicU32::default(),
            failed: AtomicU32::default(),
            disconnected: AtomicU32::default(),
            hostile: AtomicU32::default(),
            tick_hz: AtomicU32::default(),
            stalled: AtomicU32::default(),
            recovered: AtomicU32::default(),
            windows: AtomicU32::default(),
        }
    }
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

    /// From now on only bots with numbers below `players` may stay.
    pub(crate) fn keep(&self, players: u32) {
        self.kept.store(players, Ordering::Relaxed);
    }

    /// True if the bot with this number must leave.
    pub(crate) fn dismisses(&self, number: u32) -> bool {
        self.now() == Stage::Leave || number >= self.kept.load(Ordering::Relaxed)
    }

    /// Resets the counts; `present` bots have joined already.
    pub(crate) fn begin(&self, present: u32) {
        let Self {
            stage: _,
            kept: _,
            joined,
            failed,
            disconnected,
            hostile,
            tick_hz: _,
            stalled,
            recovered,
            windows: _,
        } = self;
        joined.store(present, Ordering::Relaxed);
        for count in [failed, disconnected, hostile, stalled, recovered] {
            count.store(0, Ordering::Relaxed);
        }
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

    /// A hostile bot has arrived or was refused.
    pub(crate) fn add_hostile(&self) {
        self.hostile.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_stalled(&self) {
        self.stalled.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add_recovered(&self) {
        self.recovered.fetch_add(1, Ordering::Relaxed);
    }

    /// A bot begins to measure.
    pub(crate) fn open_window(&self) {
        self.windows.fetch_add(1, Ordering::Relaxed);
    }

    /// A bot has reported its measurements.
    pub(crate) fn close_window(&self) {
        self.windows.fetch_sub(1, Ordering::Relaxed);
    }

    /// Bots that measure and have not reported yet.
    pub(crate) fn windows(&self) -> u32 {
        self.windows.load(Ordering::Relaxed)
    }

    /// Bots that stopped reading for a while.
    pub(crate) fn stalled(&self) -> u32 {
        self.stalled.load(Ordering::Relaxed)
    }

    /// Stalled bots that played on with the link they had.
    pub(crate) fn recovered(&self) -> u32 {
        self.recovered.load(Ordering::Relaxed)
    }

    pub(crate) fn joined(&self) -> u32 {
        self.joined.load(Ordering::Relaxed)
    }

    /// Bots that have arrived, fair and hostile.
    pub(crate) fn arrived(&self) -> u32 {
        self.joined() + self.hostile.load(Ordering::Relaxed)
    }

    pub(crate) fn failed(&self) -> u32 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Bots that had joined and were dropped before the end.
    pub(crate) fn disconnected(&self) -> u32 {
        self.disconnected.load(Ordering::Relaxed)
    }

    /// Tick rate of the server in Hz, 0 before the first bot joined.
    pub(crate) fn tick_hz(&self) -> u16 {
        self.tick_hz.load(Ordering::Relaxed) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_beyond_the_kept_are_dismissed_until_all_leave() {
        let stages = Stages::default();
        assert!(!stages.dismisses(70_000));
        stages.keep(16);
        assert_eq!([15, 16].map(|number| stages.dismisses(number)), [false, true]);
        stages.set(Stage::Leave);
        assert!(stages.dismisses(15));
    }

    #[test]
    fn counts_are_reset_and_present_bots_count_as_joined() {
        let stages = Stages::default();
        stages.add_joined(20);
        stages.add_failed();
        stages.add_disconnected();
        stages.begin(7);
        assert_eq!((stages.joined(), stages.failed(), stages.disconnected(), stages.tick_hz()), (7, 0, 0, 20));
    }
}

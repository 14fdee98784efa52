//! Decides how much quality a shard can afford.
//!
//! ```text
//! rung  does                                  up above   down below
//! 0     full quality
//! 1     far entities less often               60 %       50 %
//! 2     half the snapshots as well            75 %       60 %
//! 3     refuses joins as well                 85 %       70 %
//! ```
//!
//! The load is the part of time in which the shard's thread works, smoothed. A change is one rung at a time. The way up is quick: after
//! a jump from below 60 % to full load, the top is reached in less than a second, because every tick is late until then. The way
//! down is slower: each rung gets half a second to take effect, and from the top it takes less than two seconds.

use std::time::Duration;

/// The ladder of one shard. Times are since start.
#[derive(Debug)]
pub(crate) struct Overload {
    rung: u8,
    load: f64,
    changed: Duration,
    measured: Duration,
    busy: Duration,
}

/// The highest rung: joins are refused.
const RUNG_MAX: u8 = 3;
/// Load above which rung `n` is left for `n + 1`.
const UP: [f64; RUNG_MAX as usize] = [0.60, 0.75, 0.85];
/// Load below which rung `n + 1` is left for `n`.
const DOWN: [f64; RUNG_MAX as usize] = [0.50, 0.60, 0.70];
/// Time constants of the smoothed load, while it rises and while it falls.
const SMOOTHING_UP: Duration = Duration::from_millis(300);
const SMOOTHING_DOWN: Duration = Duration::from_millis(600);
/// Shortest time on a rung before the next higher, and the next lower one.
const DWELL_UP: Duration = Duration::from_millis(200);
const DWELL_DOWN: Duration = Duration::from_millis(500);
/// Shortest time between two samples of the load, so that one long tick does not count as a trend.
const SAMPLE: Duration = Duration::from_millis(100);

impl Overload {
    pub(crate) fn new(now: Duration) -> Self {
        Self { rung: 0, load: 0.0, changed: now, measured: now, busy: Duration::ZERO }
    }

    /// Adds `busy`, the time that the thread has worked. Returns the new rung when it changes.
    pub(crate) fn handle_work(&mut self, busy: Duration, now: Duration) -> Option<u8> {
        self.busy += busy;
        let elapsed = now.saturating_sub(self.measured);
        if elapsed < SAMPLE {
            return None;
        }
        let load = (self.busy.as_secs_f64() / elapsed.as_secs_f64()).min(1.0);
        let smoothing = if load > self.load { SMOOTHING_UP } else { SMOOTHING_DOWN };
        let weight = 1.0 - (-elapsed.as_secs_f64() / smoothing.as_secs_f64()).exp();
        self.load += (load - self.load) * weight;
        self.busy = Duration::ZERO;
        self.measured = now;
        let rung = self.wanted();
        let dwell = if rung > self.rung { DWELL_UP } else { DWELL_DOWN };
        if rung == self.rung || now < self.changed + dwell {
            return None;
        }
        self.rung = rung;
        self.changed = now;
        Some(rung)
    }

    /// The current rung.
    pub(crate) fn rung(&self) -> u8 {
        self.rung
    }

    /// The reduction of quality for rooms: none, far entities, snapshots.
    pub(crate) fn reduction(&self) -> u8 {
        self.rung.min(2)
    }

    /// True if the shard refuses joins.
    pub(crate) fn refuses_joins(&self) -> bool {
        self.rung == RUNG_MAX
    }

    /// The smoothed load, 0 to 1.
    pub(crate) fn load(&self) -> f64 {
        self.load
    }

    fn wanted(&self) -> u8 {
        let rung = usize::from(self.rung);
        if rung < UP.len() && self.load > UP[rung] {
            self.rung + 1
        } else if rung > 0 && self.load < DOWN[rung - 1] {
            self.rung - 1
        } else {
            self.rung
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Run {
        overload: Overload,
        now: Duration,
    }

    impl Run {
        fn new() -> Self {
            Self { overload: Overload::new(Duration::ZERO), now: Duration::ZERO }
        }

        /// Works `percent` of the time for `secs`, in steps of 10 ms; returns the rungs that it passed.
        fn load(&mut self, percent: u32, secs: u32) -> Vec<u8> {
            self.steps(Duration::from_millis(10), percent, Duration::from_secs(secs.into()))
        }

        fn steps(&mut self, step: Duration, percent: u32, time: Duration) -> Vec<u8> {
            let until = self.now + time;
            let mut rungs = Vec::new();
            while self.now + step <= until {
                self.now += step;
                rungs.extend(self.overload.handle_work(step * percent / 100, self.now));
            }
            rungs
        }
    }

    #[test]
    fn light_load_stays_on_the_ground() {
        assert!(Run::new().load(55, 60).is_empty());
    }

    #[test]
    fn full_load_climbs_rung_by_rung_and_comes_down_again() {
        let mut run = Run::new();
        assert_eq!(run.load(100, 10), [1, 2, 3]);
        assert!(run.overload.refuses_joins());
        assert_eq!(run.overload.reduction(), 2);
        assert_eq!(run.load(20, 10), [2, 1, 0]);
        assert!(!run.overload.refuses_joins());
    }

    #[test]
    fn load_between_the_edges_changes_nothing() {
        let mut run = Run::new();
        assert_eq!(run.load(65, 10), [1]);
        assert!(run.load(55, 60).is_empty(), "above the lower edge");
        assert_eq!(run.load(45, 10), [0]);
        assert!(run.load(55, 60).is_empty(), "below the upper edge");
    }

    #[test]
    fn jump_above_full_load_is_at_the_top_within_a_second_and_back_within_two() {
        for before in [0, 30, 59] {
            for period_ms in [8, 17, 33, 50, 150] {
                let mut run = Run::new();
                run.load(before, 10);
                run.steps(Duration::from_millis(period_ms), 100, Duration::from_secs(1));
                assert!(run.overload.refuses_joins(), "from {before} %, turns of {period_ms} ms");
                run.load(100, 30);
                run.load(before.min(45), 2);
                assert_eq!(run.overload.rung(), 0, "back to {before} %");
            }
        }
    }

    #[test]
    fn one_long_tick_is_no_trend() {
        let mut run = Run::new();
        run.load(10, 2);
        run.now += Duration::from_millis(120);
        assert_eq!(run.overload.handle_work(Duration::from_millis(120), run.now), None);
        assert!(run.load(10, 2).is_empty());
    }
}

//! Measurements of the ticks of the last minutes, one entry per second, for the chart of the admin page.
//!
//! In: `record` for every tick of every room. Out: `since(number)`. Recording costs two additions; percentiles are computed
//! once a second, from counters that are an eighth of an octave wide, so their error is below 13 %.

use std::{collections::VecDeque, time::Duration};

use serde::Serialize;

/// One second of a shard.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Second {
    /// Its number since the shard started.
    pub number: u32,
    /// Ticks of all rooms.
    pub ticks: u32,
    /// Ticks that could not begin within their period.
    pub overruns: u32,
    /// Median of the work of a tick, µs.
    pub p50_us: u32,
    /// 99th percentile of it, µs.
    pub p99_us: u32,
    /// The longest work of a tick, µs.
    pub max_us: u32,
    /// 99th percentile of the delay of ticks, µs.
    pub late_p99_us: u32,
    /// Part of time that the shard worked, 0 to 1, smoothed.
    pub load: f32,
    /// Rung of the overload ladder at the end of the second.
    pub rung: u8,
    /// Links in rooms at the end of the second.
    pub players: u32,
}

/// The seconds of the last minutes.
#[derive(Debug)]
pub(super) struct Seconds {
    done: VecDeque<Second>,
    number: u32,
    work: Spectrum,
    late: Spectrum,
    overruns: u32,
}

/// Seconds that are kept.
const KEPT: usize = 300;

impl Seconds {
    pub(super) fn new() -> Self {
        Self {
            done: VecDeque::with_capacity(KEPT),
            number: 0,
            work: Spectrum::new(),
            late: Spectrum::new(),
            overruns: 0,
        }
    }

    /// Records a tick of a room.
    #[inline]
    pub(super) fn record(&mut self, work: Duration, late: Duration) {
        self.work.record(work);
        self.late.record(late);
    }

    /// Counts ticks that could not begin within their period.
    pub(super) fn record_overruns(&mut self, ticks: u32) {
        self.overruns = self.overruns.saturating_add(ticks);
    }

    /// Stores the current second if `now` is in a later one.
    pub(super) fn advance(&mut self, now: Duration, load: f64, rung: u8, players: usize) {
        let number = now.as_secs() as u32;
        if number == self.number {
            return;
        }
        if self.done.len() == KEPT {
            self.done.pop_front();
        }
        self.done.push_back(Second {
            number: self.number,
            ticks: self.work.count,
            overruns: std::mem::take(&mut self.overruns),
            p50_us: self.work.quantile(0.5),
            p99_us: self.work.quantile(0.99),
            max_us: self.work.max_us,
            late_p99_us: self.late.quantile(0.99),
            load: load as f32,
            rung,
            players: players as u32,
        });
        self.number = number;
        self.work.clear();
        self.late.clear();
    }

    /// The stored seconds from `number` on.
    pub(super) fn since(&self, number: u32) -> Vec<Second> {
        self.done.iter().copied().filter(|second| second.number >= number).collect()
    }
}

/// Counts of durations by size: eight counters for each power of two of microseconds.
#[derive(Debug)]
struct Spectrum {
    counts: Box<[u32; COUNTERS]>,
    count: u32,
    max_us: u32,
}

/// Counters per power of two.
const STEPS: u32 = 8;
/// Up to 2^32 µs.
const COUNTERS: usize = (32 * STEPS) as usize;

impl Spectrum {
    fn new() -> Self {
        Self { counts: Box::new([0; COUNTERS]), count: 0, max_us: 0 }
    }

    fn record(&mut self, duration: Duration) {
        let us = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
        self.counts[counter(us)] += 1;
        self.count += 1;
        self.max_us = self.max_us.max(us);
    }

    /// The upper end of the counter that contains the quantile, but at most the longest duration.
    fn quantile(&self, part: f64) -> u32 {
        let wanted = (f64::from(self.count) * part).ceil() as u32;
        let mut seen = 0;
        for (index, &count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && seen > 0 {
                return upper_end(index).min(self.max_us);
            }
        }
        0
    }

    fn clear(&mut self) {
        self.counts.fill(0);
        self.count = 0;
        self.max_us = 0;
    }
}

/// The counter of a duration. Each duration below 8 µs has its own; above, the highest bit and the three bits after it choose.
fn counter(us: u32) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let octave = us.ilog2();
    let step = (us >> (octave - 3)) & (STEPS - 1);
    ((octave - 2) * STEPS + step) as usize
}

/// The longest duration of a counter.
fn upper_end(index: usize) -> u32 {
    let index = index as u32;
    if index < STEPS {
        return index;
    }
    let (octave, step) = (index / STEPS + 2, index % STEPS);
    let end = (u64::from(STEPS + step + 1) << (octave - 3)) - 1;
    u32::try_from(end).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn us(us: u64) -> Duration {
        Duration::from_micros(us)
    }

    #[test]
    fn counters_are_an_eighth_of_an_octave_wide() {
        for us in (0..100_000).chain([u32::MAX - 1, u32::MAX]) {
            let end = upper_end(counter(us));
            assert!(end >= us && u64::from(end) <= u64::from(us) + u64::from(us) / 8, "{us}: {end}");
        }
        assert!(counter(u32::MAX) < COUNTERS);
    }

    #[test]
    fn second_tells_its_percentiles() {
        let mut seconds = Seconds::new();
        for number in 1..=100 {
            seconds.record(us(number * 10), us(number));
        }
        seconds.record_overruns(2);
        seconds.advance(Duration::from_millis(999), 0.5, 1, 7);
        assert!(seconds.since(0).is_empty(), "it goes on");
        seconds.advance(Duration::from_millis(1_000), 0.5, 1, 7);
        let [second] = seconds.since(0)[..] else { panic!("one is over") };
        let Second { number, ticks, overruns, p50_us, p99_us, max_us, late_p99_us, load, rung, players } = second;
        assert_eq!((number, ticks, overruns, max_us, load, rung, players), (0, 100, 2, 1_000, 0.5, 1, 7));
        assert!((500..=562).contains(&p50_us), "{p50_us}");
        assert!((990..=1_000).contains(&p99_us), "{p99_us}");
        assert!((99..=100).contains(&late_p99_us), "{late_p99_us}");
        seconds.advance(Duration::from_millis(2_000), 0.0, 0, 0);
        assert_eq!(seconds.since(1), [Second { number: 1, ..Second::default() }], "nothing ticked");
    }

    #[test]
    fn last_minutes_are_kept_and_no_more() {
        let mut seconds = Seconds::new();
        (1..=KEPT as u64 + 5).for_each(|number| seconds.advance(Duration::from_secs(number), 0.0, 0, 0));
        let kept = seconds.since(0);
        assert_eq!((kept.len(), kept[0].number), (KEPT, 5));
        assert_eq!(seconds.since(KEPT as u32 + 4).len(), 1);
    }
}

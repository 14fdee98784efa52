//! Percentiles of the last few durations, for lists and pages. The metrics have histograms of all durations.

use std::time::Duration;

use crate::directory::room_view::Percentiles;

/// Samples kept: some four seconds of ticks.
const SAMPLES: usize = 128;

/// A ring of durations, µs.
#[derive(Debug)]
pub(super) struct Recent {
    samples: [u32; SAMPLES],
    count: usize,
}

impl Default for Recent {
    fn default() -> Self {
        Self { samples: [0; SAMPLES], count: 0 }
    }
}

impl Recent {
    pub(super) fn record(&mut self, duration: Duration) {
        self.samples[self.count % SAMPLES] = u32::try_from(duration.as_micros()).unwrap_or(u32::MAX);
        self.count += 1;
    }

    pub(super) fn percentiles_ms(&self) -> Percentiles {
        let mut samples = self.samples;
        let samples = &mut samples[..self.count.min(SAMPLES)];
        samples.sort_unstable();
        let at = |part: f64| {
            let index = (samples.len() as f64 * part).ceil() as usize;
            samples.get(index.saturating_sub(1)).map_or(0.0, |&us| f64::from(us) / 1_000.0)
        };
        Percentiles { p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distribution_is_that_of_the_last_samples() {
        let mut recent = Recent::default();
        assert_eq!(recent.percentiles_ms(), Percentiles { p50: 0.0, p99: 0.0, max: 0.0 });
        recent.record(Duration::from_millis(3));
        assert_eq!(recent.percentiles_ms(), Percentiles { p50: 3.0, p99: 3.0, max: 3.0 });
        recent.record(Duration::from_secs(9));
        for ms in 1..=SAMPLES as u64 {
            recent.record(Duration::from_millis(ms));
        }
        assert_eq!(recent.percentiles_ms(), Percentiles { p50: 64.0, p99: 127.0, max: 128.0 });
    }
}

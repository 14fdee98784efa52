//! A histogram with a fixed number of bars, for a plot.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// Counts of `counts.len()` bars between two values. The first and the last bar include all values beyond them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Spread {
    /// True if the bars have equal width on a logarithmic axis, as for values of very different sizes.
    pub(crate) log: bool,
    pub(crate) from_ms: f64,
    pub(crate) to_ms: f64,
    pub(crate) counts: Vec<u64>,
}

impl Spread {
    /// Converts a histogram of microseconds; an empty one has no bars.
    pub(crate) fn of_micros(histogram: &Histogram<u64>) -> Self {
        if histogram.is_empty() {
            return Self::default();
        }
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        let (from_ms, to_ms) = (at(EDGE), at(1.0 - EDGE));
        // A single value gets a bar as well.
        let to_ms = to_ms.max(from_ms * 1.01);
        let mut spread = Self { log: to_ms > LOG_FROM * from_ms, from_ms, to_ms, counts: vec![0; BARS] };
        for step in histogram.iter_recorded() {
            let bar = spread.bar_of(step.value_iterated_to() as f64 / 1_000.0);
            spread.counts[bar] += step.count_at_value();
        }
        spread
    }

    /// The value at which a bar begins; `edge(counts.len())` is the end of the last one.
    pub(crate) fn edge(&self, bar: usize) -> f64 {
        let part = bar as f64 / self.counts.len().max(1) as f64;
        if self.log {
            self.from_ms * (self.to_ms / self.from_ms).powf(part)
        } else {
            self.from_ms + (self.to_ms - self.from_ms) * part
        }
    }

    fn bar_of(&self, ms: f64) -> usize {
        let part = if self.log {
            (ms / self.from_ms).ln() / (self.to_ms / self.from_ms).ln()
        } else {
            (ms - self.from_ms) / (self.to_ms - self.from_ms)
        };
        ((part.max(0.0) * BARS as f64) as usize).min(BARS - 1)
    }
}

const BARS: usize = 64;
/// Fraction of values on each side that does not widen the plot.
const EDGE: f64 = 0.000_5;
/// The axis is logarithmic if the largest value is more than this factor above the smallest.
const LOG_FROM: f64 = 6.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::histogram::histogram;

    fn spread(micros: impl IntoIterator<Item = u64>) -> Spread {
        let mut histogram = histogram();
        micros.into_iter().for_each(|value| histogram.record(value).unwrap());
        Spread::of_micros(&histogram)
    }

    #[test]
    fn every_value_is_in_a_bar_and_the_last_bar_ends_at_the_largest() {
        for (values, log) in [(1_000..3_000, false), (100..30_000, true)] {
            let spread = spread(values.clone());
            assert_eq!(spread.counts.iter().sum::<u64>(), values.end - values.start);
            assert_eq!(spread.log, log);
            assert!((spread.edge(0) - spread.from_ms).abs() < 1e-9);
            assert!((spread.edge(BARS) - spread.to_ms).abs() < 1e-9);
        }
    }

    #[test]
    fn one_value_is_one_bar_and_an_empty_histogram_has_none() {
        assert_eq!(spread([50_000; 9]).counts.iter().filter(|&&count| count > 0).count(), 1);
        assert_eq!(spread([]), Spread::default());
    }
}

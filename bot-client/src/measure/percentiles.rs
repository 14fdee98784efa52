//! Percentiles in the report.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use shared::quantize::POSITION_PER_PX;

/// Percentiles, in the unit of the field's name.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Percentiles {
    pub(crate) p50: f64,
    pub(crate) p90: f64,
    pub(crate) p99: f64,
    pub(crate) p999: f64,
    pub(crate) max: f64,
}

impl Percentiles {
    /// Percentiles of a histogram of microseconds, in milliseconds; zeros if it is empty.
    pub(crate) fn of_micros(histogram: &Histogram<u64>) -> Self {
        Self::of(histogram, 1_000.0)
    }

    /// Percentiles of a histogram of position units, in px; zeros if it is empty.
    pub(crate) fn of_positions(histogram: &Histogram<u64>) -> Self {
        Self::of(histogram, f64::from(POSITION_PER_PX))
    }

    fn of(histogram: &Histogram<u64>, per_unit: f64) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / per_unit;
        Self { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: histogram.max() as f64 / per_unit }
    }
}

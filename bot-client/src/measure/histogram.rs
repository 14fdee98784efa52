//! Histograms of times, in microseconds.

use std::time::Duration;

use hdrhistogram::Histogram;

/// An empty histogram of microseconds.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, MICROS_MAX, 3).expect("the bounds are in order")
}

/// Adds a time; a time below a microsecond counts as one.
pub(crate) fn add(histogram: &mut Histogram<u64>, time: Duration) {
    histogram.saturating_record((time.as_micros() as u64).max(1));
}

/// Longer than any time-out of the protocol.
const MICROS_MAX: u64 = 60_000_000;

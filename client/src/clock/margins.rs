//! Statistics of the reported margins, and the extra margin that their jitter calls for.

/// Statistics of the server's reports, without the clock's own shift.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margins {
    mean: Option<f64>,
    /// Mean absolute deviation, seconds.
    deviation: f64,
    /// Margin added because inputs came late, seconds.
    caution: f64,
}

/// Mean absolute deviation of margins on a perfect link, seconds. A server reads its sockets every few milliseconds and does not
/// know when within that time an input came. An arrival spread evenly over 5 ms deviates by a quarter of that.
const READ_DEVIATION: f64 = 0.001_25;
/// Increase of the caution for each report of a late input, and its bound, seconds. A late input takes effect a tick later or
/// never, which is worse than a little more margin; and jitter below `READ_DEVIATION` shows only by late inputs.
const CAUTION_STEP: f64 = 0.001;
const CAUTION_MAX: f64 = 0.003;
/// Decay of the caution, seconds per second: at 20 Hz it stays constant while one input in two hundred is late.
const CAUTION_FADES: f64 = 0.000_1;
const MEAN_WEIGHT: f64 = 0.125;
const DEVIATION_WEIGHT: f64 = 0.062_5;

impl Margins {
    /// Statistics without a report yet.
    pub(super) const fn new() -> Self {
        Self { mean: None, deviation: 0.0, caution: CAUTION_STEP / 2.0 }
    }

    /// Mean of the reports without the shift, seconds; `None` before the first.
    pub(super) const fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// The clock has jumped, so the mean is no longer valid.
    pub(super) const fn forget_mean(&mut self) {
        self.mean = None;
    }

    /// Adds a report, seconds.
    pub(super) fn add(&mut self, sample: f64) {
        let Some(mean) = self.mean else {
            self.mean = Some(sample);
            return;
        };
        let difference = sample - mean;
        self.mean = Some(mean + MEAN_WEIGHT * difference);
        self.deviation += DEVIATION_WEIGHT * (difference.abs() - self.deviation);
    }

    /// Updates the caution after a snapshot: raises it if a well-timed input came `late`, lets it decay for a tick if not.
    pub(super) fn learn_caution(&mut self, late: bool, period: f64) {
        self.caution = if late {
            (self.caution + CAUTION_STEP).min(CAUTION_MAX)
        } else {
            (self.caution - CAUTION_FADES * period).max(0.0)
        };
    }

    /// Margin to add to the base because of jitter and late inputs, seconds.
    pub(super) fn allowance(&self) -> f64 {
        // Independent deviations add up as squares, so the link's own deviation is the difference of the squares.
        let jitter = (self.deviation.powi(2) - READ_DEVIATION.powi(2)).max(0.0).sqrt();
        // A mean absolute deviation is 0.8 standard deviations; two of those leave one input in forty late at worst.
        2.0 * 1.25 * jitter + self.caution
    }
}

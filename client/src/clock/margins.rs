//! How early inputs reach the server, and how much earlier than that they should be because it varies.

/// What the server reports, without the clock's own moves in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Margins {
    mean: Option<f64>,
    /// Mean absolute deviation, seconds.
    deviation: f64,
    /// Margin added because inputs came late, seconds.
    caution: f64,
}

/// Mean absolute deviation of margins on a perfect link, seconds: a server looks at its sockets every few milliseconds,
/// and knows only between which two something came; what comes at any moment of 5 ms deviates by a quarter of that.
const READ_DEVIATION: f64 = 0.001_25;
/// What each report of a late input adds to the margin, seconds, and how much at most. A late input takes effect a tick later or
/// never, which is worse than some more margin, and deviations that reading hides are found in no other way.
const CAUTION_STEP: f64 = 0.001;
const CAUTION_MAX: f64 = 0.003;
/// What fades of that, seconds a second: where one input in two hundred is late at 20 Hz, it stays as it is.
const CAUTION_FADES: f64 = 0.000_1;
const MEAN_WEIGHT: f64 = 0.125;
const DEVIATION_WEIGHT: f64 = 0.062_5;

impl Margins {
    /// Nothing is known of the link yet.
    pub(super) const fn new() -> Self {
        Self { mean: None, deviation: 0.0, caution: CAUTION_STEP / 2.0 }
    }

    /// Their mean, seconds; `None` before the first.
    pub(super) const fn mean(&self) -> Option<f64> {
        self.mean
    }

    /// The clock was set anew.
    pub(super) const fn forget_mean(&mut self) {
        self.mean = None;
    }

    /// Takes in a report, seconds.
    pub(super) fn add(&mut self, sample: f64) {
        let Some(mean) = self.mean else {
            self.mean = Some(sample);
            return;
        };
        let difference = sample - mean;
        self.mean = Some(mean + MEAN_WEIGHT * difference);
        self.deviation += DEVIATION_WEIGHT * (difference.abs() - self.deviation);
    }

    /// Becomes more careful because an input came `late` although it was well timed, or less in the time of a tick without one.
    pub(super) fn learn_caution(&mut self, late: bool, period: f64) {
        self.caution = if late {
            (self.caution + CAUTION_STEP).min(CAUTION_MAX)
        } else {
            (self.caution - CAUTION_FADES * period).max(0.0)
        };
    }

    /// What a clock should aim at beyond what it would without jitter, seconds.
    pub(super) fn allowance(&self) -> f64 {
        // Independent deviations add up as squares, so the link's own is what is left of both.
        let jitter = (self.deviation.powi(2) - READ_DEVIATION.powi(2)).max(0.0).sqrt();
        // A mean absolute deviation is 0.8 standard deviations; two of those leave one input in forty late at worst.
        2.0 * 1.25 * jitter + self.caution
    }
}

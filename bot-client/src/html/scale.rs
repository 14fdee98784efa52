//! The scale of an axis: positions of values, and the values to mark.

/// Maps values to positions in a picture.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Scale {
    values: (f64, f64),
    /// Positions of the two ends.
    places: (f64, f64),
    log: bool,
}

impl Scale {
    /// A linear scale from `low` to `high`.
    pub(crate) fn even(low: f64, high: f64, places: (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { values: (low, high), places, log: false }
    }

    /// A linear scale from 0 to the first mark at or above `high`.
    pub(crate) fn from_zero(high: f64, places: (f64, f64)) -> Self {
        let high = if high > 0.0 { high } else { 1.0 };
        let step = nice(high / MARKS);
        Self::even(0.0, (high / step - 1e-9).ceil() * step, places)
    }

    /// A logarithmic scale from `low` to `high`.
    pub(crate) fn log(low: f64, high: f64, places: (f64, f64)) -> Self {
        let low = low.max(f64::MIN_POSITIVE);
        Self { values: (low, high.max(low * 1.01)), places, log: true }
    }

    /// Position of a value; a value beyond an end is put at that end.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let (low, high) = self.values;
        let part =
            if self.log { (value.max(low) / low).ln() / (high / low).ln() } else { (value - low) / (high - low) };
        let (first, last) = self.places;
        first + (last - first) * part.clamp(0.0, 1.0)
    }

    /// Values to mark: round ones, and few enough to be readable.
    pub(crate) fn marks(&self) -> Vec<f64> {
        if self.log { self.log_marks() } else { self.even_marks() }
    }

    fn even_marks(&self) -> Vec<f64> {
        let (low, high) = self.values;
        let step = nice((high - low) / MARKS);
        let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
        (first..=last).map(|number| number as f64 * step).collect()
    }

    fn log_marks(&self) -> Vec<f64> {
        let (low, high) = self.values;
        let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let within = |steps: &[f64]| -> Vec<f64> {
            let marks = decades.clone().flat_map(|decade| steps.iter().map(move |step| step * 10f64.powi(decade)));
            marks.filter(|&mark| mark >= low * 0.999 && mark <= high * 1.001).collect()
        };
        let every = [&[1.0, 2.0, 5.0][..], &[1.0][..]].map(within);
        let [fine, coarse] = every;
        match (fine.len(), coarse.len()) {
            (..=7, 2..) | (2..=7, _) => fine,
            (_, 2..) => coarse,
            // There may be no round value in the range.
            _ => Self { log: false, ..*self }.even_marks(),
        }
    }
}

/// The round step nearest to `step`: 1, 2 or 5 times a power of ten.
fn nice(step: f64) -> f64 {
    let power = 10f64.powf(step.log10().floor());
    let factor = match step / power {
        factor if factor < 1.5 => 1.0,
        factor if factor < 3.5 => 2.0,
        factor if factor < 7.5 => 5.0,
        _ => 10.0,
    };
    factor * power
}

/// Approximate number of marks on an axis.
const MARKS: f64 = 4.0;

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: (f64, f64) = (0.0, 100.0);

    #[test]
    fn axis_from_zero_ends_at_a_mark() {
        for (high, marks) in [
            (0.7, vec![0.0, 0.2, 0.4, 0.6, 0.8]),
            (20.0, vec![0.0, 5.0, 10.0, 15.0, 20.0]),
            (1_013.0, vec![0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0, 1_200.0]),
            (0.0, vec![0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        ] {
            let scale = Scale::from_zero(high, PLACES);
            let found = scale.marks();
            assert_eq!(found.len(), marks.len(), "{high}: {found:?}");
            assert!(found.iter().zip(&marks).all(|(found, mark)| (found - mark).abs() < 1e-9), "{high}: {found:?}");
            assert_eq!(scale.at(*marks.last().unwrap()), 100.0);
        }
    }

    #[test]
    fn values_lie_in_proportion_and_never_outside() {
        let scale = Scale::even(10.0, 30.0, (200.0, 0.0));
        assert_eq!([5.0, 10.0, 20.0, 30.0, 99.0].map(|value| scale.at(value)), [200.0, 200.0, 100.0, 0.0, 0.0]);
        let scale = Scale::log(0.1, 10.0, PLACES);
        assert!((scale.at(1.0) - 50.0).abs() < 1e-9);
        assert_eq!((scale.at(0.0), scale.at(99.0)), (0.0, 100.0));
    }

    #[test]
    fn logarithmic_marks_are_round_and_few() {
        let marks = |low, high| Scale::log(low, high, PLACES).marks();
        let rounded = |marks: Vec<f64>| marks.iter().map(|mark| format!("{mark:.2}")).collect::<Vec<_>>().join(" ");
        assert_eq!(rounded(marks(0.3, 7.0)), "0.50 1.00 2.00 5.00");
        assert_eq!(rounded(marks(0.01, 1_000.0)), "0.01 0.10 1.00 10.00 100.00 1000.00");
        for (low, high) in [(2.1, 4.9), (3.0, 3.1), (0.000_1, 1e9), (1.0, 10.0)] {
            let count = marks(low, high).len();
            assert!((2..=14).contains(&count), "{low}..{high}: {count}");
        }
    }

    #[test]
    fn axis_without_extent_has_marks_all_the_same() {
        for scale in [Scale::even(5.0, 5.0, PLACES), Scale::log(0.0, 0.0, PLACES), Scale::from_zero(0.0, PLACES)] {
            assert!(scale.at(5.0).is_finite() && !scale.marks().is_empty(), "{scale:?}");
        }
    }
}

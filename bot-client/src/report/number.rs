//! Formats numbers for people.

/// Formats with three significant digits, and letters for thousands and more: `0.314`, `12.5`, `1.27 M`.
pub(crate) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let (scaled, unit) = match value.abs() {
        size if size >= 999_500_000.0 => (value / 1e9, " G"),
        size if size >= 999_500.0 => (value / 1e6, " M"),
        // Rates of a few thousand are easier to compare unshortened.
        size if size >= 9_999.5 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.999_5 => 2,
        _ => 3,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    // A value that rounds to 0 has no sign.
    format!("{}{unit}", if text == "-0" { "0" } else { text })
}

/// Change in percent between two values. `None` if `before` is 0 and `after` is not.
pub(crate) fn change(before: f64, after: f64) -> Option<f64> {
    if before == after {
        return Some(0.0);
    }
    (before != 0.0).then(|| 100.0 * (after - before) / before.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_figures_count() {
        for (value, text) in [
            (0.0, "0"),
            (-0.000_1, "0"),
            (0.314_159, "0.314"),
            (0.999_9, "1"),
            (2.5, "2.5"),
            (12.34, "12.3"),
            (99.97, "100"),
            (1_234.4, "1234"),
            (9_999.7, "10 k"),
            (12_345.0, "12.3 k"),
            (999_600.0, "1 M"),
            (-2_500_000.0, "-2.5 M"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(short(value), text, "{value}");
        }
    }

    #[test]
    fn change_from_nothing_has_no_percent() {
        assert_eq!(change(10.0, 12.5), Some(25.0));
        assert_eq!((change(0.0, 0.0), change(0.0, 1.0)), (Some(0.0), None));
    }
}

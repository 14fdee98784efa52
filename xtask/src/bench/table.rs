//! The rows of the table of `docs/performance.md`: what was reached, and the goals.

use std::fmt;

use serde::Serialize;

/// One line of the table.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) unit: &'static str,
    /// `None` when nothing was measured, or when the run had faults.
    pub(crate) reached: Option<f64>,
    pub(crate) first: f64,
    pub(crate) then: f64,
    /// More is better.
    pub(crate) more: bool,
}

/// How a row compares with what is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Unknown,
    Missed,
    First,
    Then,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(match self {
            Self::Unknown => "not measured",
            Self::Missed => "MISSED",
            Self::First => "first",
            Self::Then => "then",
        })
    }
}

impl Row {
    pub(crate) fn less(what: &str, unit: &'static str, reached: Option<f64>, first: f64, then: f64) -> Self {
        Self { what: what.into(), unit, reached, first, then, more: false }
    }

    pub(crate) fn more(what: &str, unit: &'static str, reached: Option<f64>, first: f64, then: f64) -> Self {
        Self { more: true, ..Self::less(what, unit, reached, first, then) }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let reaches = |reached: f64, wanted: f64| if self.more { reached >= wanted } else { reached <= wanted };
        match self.reached {
            None => Verdict::Unknown,
            Some(reached) if reaches(reached, self.then) => Verdict::Then,
            Some(reached) if reaches(reached, self.first) => Verdict::First,
            Some(_) => Verdict::Missed,
        }
    }
}

/// Prints the rows with columns of equal width.
pub(crate) fn print(rows: &[Row]) {
    println!("{:<64} {:>10}  {:>9}  {:>9}  verdict", "what", "reached", "first", "then");
    for row in rows {
        let sign = if row.more { "≥" } else { "≤" };
        let what = format!("{}, {}", row.what, row.unit);
        let reached = row.reached.map_or_else(|| "-".into(), number);
        let (first, then) = (format!("{sign} {}", number(row.first)), format!("{sign} {}", number(row.then)));
        println!("{what:<64} {reached:>10}  {first:>9}  {then:>9}  {}", row.verdict());
    }
}

/// Three digits that matter.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_is_judged_on_both_edges() {
        let less = |reached| Row::less("a", "ms", reached, 1.0, 0.2).verdict();
        assert_eq!(less(Some(1.01)), Verdict::Missed);
        assert_eq!(less(Some(1.0)), Verdict::First);
        assert_eq!(less(Some(0.2)), Verdict::Then);
        assert_eq!(less(None), Verdict::Unknown);
        let more = |reached| Row::more("a", "players", Some(reached), 1_500.0, 3_000.0).verdict();
        assert_eq!(more(1_499.0), Verdict::Missed);
        assert_eq!(more(1_500.0), Verdict::First);
        assert_eq!(more(3_000.0), Verdict::Then);
    }

    #[test]
    fn numbers_keep_three_digits() {
        assert_eq!(number(0.123), "0.12");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(number(1_234.5), "1234");
        assert_eq!(number(5.0), "5");
    }
}

//! Compares counts with the baseline's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Instructions by `path: row`.
pub(super) type Counts = BTreeMap<String, u64>;

/// How to write a new baseline.
const UPDATE: &str = "cargo xtask instructions --update";

/// Counts next to the baseline's.
pub(super) struct Verdict {
    rows: Vec<Row>,
    /// By how much a row may cost more, and must cost less to be reported, percent.
    bound_percent: u32,
}

struct Row {
    name: String,
    /// `None` when it was not counted.
    now: Option<u64>,
    /// `None` when the baseline does not know it.
    before: Option<u64>,
}

impl Verdict {
    /// Every row of either side.
    pub(super) fn new(counts: &Counts, baseline: &Counts, bound_percent: u32) -> Self {
        let names: BTreeSet<_> = counts.keys().chain(baseline.keys()).collect();
        let row = |name: &String| Row {
            name: name.clone(),
            now: counts.get(name).copied(),
            before: baseline.get(name).copied(),
        };
        Self { rows: names.into_iter().map(row).collect(), bound_percent }
    }

    /// Faults, a line each, with both figures. Rows that only one side has are faults as well: what is not
    /// compared is not guarded.
    pub(super) fn faults(&self) -> Vec<String> {
        let bound = self.bound_percent;
        let fault = |row: &Row| {
            let name = &row.name;
            match (row.now, row.before) {
                (Some(now), Some(before)) if exceeds(now, before, bound) => Some(format!(
                    "{name}: {} instructions, {} in the baseline: {:+.2} %, {bound} are allowed \
                     (meant to be? `{UPDATE}`, and say why in the commit)",
                    grouped(now),
                    grouped(before),
                    change_percent(now, before),
                )),
                (Some(_), None) => Some(format!("{name} is not in the baseline: `{UPDATE}`")),
                (None, _) => Some(format!("{name} is in the baseline and not counted any more: `{UPDATE}`")),
                _ => None,
            }
        };
        self.rows.iter().filter_map(fault).collect()
    }

    fn is_better(&self, row: &Row) -> bool {
        row.now.zip(row.before).is_some_and(|(now, before)| falls_short(now, before, self.bound_percent))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
        let shown = |count: Option<u64>| count.map_or_else(|| "-".into(), grouped);
        write!(out, "{:width$} {:>15} {:>15} {:>9}", "path: row", "instructions", "baseline", "change")?;
        for row in &self.rows {
            let change = row.now.zip(row.before).map(|(now, before)| format!("{:+.2} %", change_percent(now, before)));
            let (now, before, change) = (shown(row.now), shown(row.before), change.unwrap_or_else(|| "-".into()));
            write!(out, "\n{:width$} {now:>15} {before:>15} {change:>9}", row.name)?;
        }
        let better = self.rows.iter().filter(|row| self.is_better(row)).count();
        if better > 0 {
            let bound = self.bound_percent;
            write!(out, "\n{better} of them cost over {bound} % less: `{UPDATE}` keeps what was won")?;
        }
        Ok(())
    }
}

/// Returns true if `now` is more than `percent` above `before`.
fn exceeds(now: u64, before: u64, percent: u32) -> bool {
    u128::from(now) * 100 > u128::from(before) * (100 + u128::from(percent))
}

/// Returns true if `now` is more than `percent` below `before`.
fn falls_short(now: u64, before: u64, percent: u32) -> bool {
    u128::from(now) * 100 + u128::from(before) * u128::from(percent) < u128::from(before) * 100
}

fn change_percent(now: u64, before: u64) -> f64 {
    (now as f64 / before as f64 - 1.0) * 100.0
}

/// `1234567` as `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(rows: &[(&str, u64)]) -> Counts {
        rows.iter().map(|&(name, count)| (name.to_owned(), count)).collect()
    }

    fn faults(now: u64, bound_percent: u32) -> Vec<String> {
        Verdict::new(&counts(&[("tick: encode", now)]), &counts(&[("tick: encode", 2_000)]), bound_percent).faults()
    }

    #[test]
    fn just_the_bound_is_allowed_and_one_more_fails_with_both_figures() {
        assert_eq!(faults(2_100, 5), [""; 0]);
        let told = faults(2_101, 5);
        assert_eq!(told.len(), 1);
        for part in ["tick: encode", "2,101 instructions", "2,000 in the baseline", "+5.05 %"] {
            assert!(told[0].contains(part), "{told:?} lacks {part:?}");
        }
    }

    #[test]
    fn wider_bound_has_its_edge_too() {
        assert_eq!(faults(2_300, 15), [""; 0]);
        assert_eq!(faults(2_301, 15).len(), 1);
    }

    #[test]
    fn less_is_no_fault_and_much_less_is_told() {
        for (now, told) in [(2_000, false), (1_900, false), (1_899, true)] {
            let verdict = Verdict::new(&counts(&[("a", now)]), &counts(&[("a", 2_000)]), 5);
            assert_eq!(verdict.faults(), [""; 0]);
            assert_eq!(verdict.to_string().contains("--update"), told, "{now}");
        }
    }

    #[test]
    fn row_that_one_side_lacks_is_a_fault() {
        let one = counts(&[("a", 1)]);
        let two = counts(&[("a", 1), ("b", 1)]);
        assert_eq!(Verdict::new(&two, &one, 5).faults().len(), 1);
        assert_eq!(Verdict::new(&one, &two, 5).faults().len(), 1);
        assert_eq!(Verdict::new(&two, &two, 5).faults(), [""; 0]);
    }

    #[test]
    fn table_shows_each_row_once_with_digits_in_groups() {
        let table = Verdict::new(&counts(&[("a", 1_234_567)]), &counts(&[("a", 1_000_000)]), 5).to_string();
        assert_eq!(table.lines().count(), 2);
        assert!(table.contains("1,234,567") && table.contains("1,000,000") && table.contains("+23.46 %"), "{table}");
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
    }
}

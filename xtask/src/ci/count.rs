//! Counts tests from what the runners print.

use std::{fmt, ops::AddAssign};

/// Tests that ran.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Counts {
    /// Takes in a line of output; only closing lines of cargo test, cargo nextest and Playwright change
    /// anything.
    pub(crate) fn see(&mut self, line: &str) {
        *self += closing_line(line).unwrap_or_default();
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, Self { passed, failed }: Self) {
        self.passed += passed;
        self.failed += failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `test result: ok. 5 passed; 0 failed; …` or `Summary [ 1.2s] 7 tests run: 6 passed (1 slow), 1 failed, …`.
///
/// Playwright closes with a line per outcome, `  12 passed (1.2m)`, each in two spaces and alone.
fn closing_line(line: &str) -> Option<Counts> {
    if let Some(counts) = playwright_line(line) {
        return Some(counts);
    }
    // Nextest shows what a failed test printed, its runner's closing line among it, but indented.
    let list = match line.strip_prefix("test result: ") {
        Some(rest) => rest.split_once(". ")?.1,
        None => line.trim().strip_prefix("Summary [")?.split_once(" run: ")?.1,
    };
    let mut counts = Counts::default();
    for part in list.split([',', ';']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(word)) = (words.next(), words.next()) else { continue };
        let Ok(number) = number.parse::<u32>() else { continue };
        match word {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            _ => {}
        }
    }
    Some(counts)
}

fn playwright_line(line: &str) -> Option<Counts> {
    let mut words = line.strip_prefix("  ").filter(|rest| !rest.starts_with(' '))?.split(' ');
    let number = words.next()?.parse().ok()?;
    let counts = match (words.next()?, words.next(), words.next()) {
        ("passed", Some(time), None) if time.starts_with('(') => Counts { passed: number, failed: 0 },
        ("failed" | "interrupted", None, None) => Counts { passed: 0, failed: number },
        _ => return None,
    };
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, passed: u32, failed: u32) {
        let mut counts = Counts::default();
        counts.see(line);
        assert_eq!(counts, Counts { passed, failed });
    }

    #[test]
    fn cargo_test_is_counted() {
        check("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s", 5, 0);
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", 3, 2);
    }

    #[test]
    fn nextest_is_counted() {
        check("     Summary [   0.107s] 3 tests run: 3 passed, 0 skipped", 3, 0);
        check("     Summary [  61.107s] 9 tests run: 6 passed (1 slow), 2 failed, 1 timed out, 4 skipped", 6, 3);
        check("     Summary [   0.1s] 1 test run: 1 passed, 0 skipped", 1, 0);
    }

    #[test]
    fn test_shown_by_nextest_is_not_counted_twice() {
        check("    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out", 0, 0);
    }

    #[test]
    fn playwright_is_counted() {
        check("  12 passed (2.0m)", 12, 0);
        check("  1 failed", 0, 1);
        check("  6 skipped", 0, 0);
        check("    1 failed", 0, 0);
        check("  1 failed to open", 0, 0);
    }

    #[test]
    fn other_lines_count_nothing() {
        check("running 5 tests", 0, 0);
        check("Summary of what passed, 7 failed", 0, 0);
    }
}

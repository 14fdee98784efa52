//! What a check has found, in words.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// A promise that a game does not keep.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Which promise, in one word for programs: `order`, `restore`, `control`.
    pub rule: &'static str,
    /// What is wrong, where and when, and what to do about it.
    pub text: String,
}

/// Everything that the checks of one game have found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Promises that are not kept.
    pub findings: Vec<Finding>,
    /// What works and costs more than it needs to.
    pub notes: Vec<String>,
}

/// Findings of one rule that are reported; the others are alike.
const OF_ONE_RULE_MAX: usize = 3;

impl Report {
    /// Adds a finding, unless there are enough of its rule.
    pub(crate) fn find(&mut self, rule: &'static str, text: impl Into<String>) {
        let text = text.into();
        let alike = self.findings.iter().filter(|finding| finding.rule == rule);
        if alike.count() < OF_ONE_RULE_MAX && self.findings.iter().all(|finding| finding.text != text) {
            self.findings.push(Finding { rule, text });
        }
    }

    /// Adds a note.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Whether a rule is broken.
    pub fn has(&self, rule: &str) -> bool {
        self.findings.iter().any(|finding| finding.rule == rule)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, Finding { rule, text }) in (1..).zip(&self.findings) {
            writeln!(f, "{number}. [{rule}] {text}")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))
    }
}

/// Runs code of a game; the error is what it said when it panicked.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| room::panic_message(&*panic).to_owned())
}

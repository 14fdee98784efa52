//! Comments, messages and documents do not relapse into words that the style gives up: sentences that begin with a headless
//! "Who", "What", "Of" or "Whether", "told", "in vain", "anew", "whoever", "beside". What is quoted or code may say anything.
//!
//! Lines that still do are counted by package; a package that is not listed has none, and stays so. `cargo xtask house --words --crate NAME`
//! lists them.

use std::collections::BTreeMap;

use super::{File, Finding};
use crate::source::{
    modules::{self, Crate},
    relapses,
};

/// Lines of each package that relapse. The numbers get smaller.
const BASELINE: &[(&str, usize)] = &[];
/// How far a count may be below its baseline before the baseline must follow, so that two changes at a time need not both edit it.
const SLACK: usize = 15;

pub(super) fn check(files: &[File], crates: &[Crate]) -> Vec<Finding> {
    compare(files, crates, BASELINE)
}

fn compare(files: &[File], crates: &[Crate], baseline: &[(&str, usize)]) -> Vec<Finding> {
    let mut found: BTreeMap<&str, Vec<(&File, usize, &str)>> = BTreeMap::new();
    for file in files {
        let package = modules::package_of(crates, &file.path);
        let lines = relapses::of_file(file).into_iter().map(|line| (file, line.line, line.word));
        found.entry(package).or_default().extend(lines);
    }
    let mut findings = Vec::new();
    for (package, lines) in &found {
        let allowed = baseline.iter().find(|(listed, _)| listed == package).map_or(0, |(_, lines)| *lines);
        if allowed == 0 {
            findings.extend(lines.iter().map(|(file, line, word)| {
                file.finding(*line, format!("`{word}`: say it plainly, in words that the style keeps"))
            }));
        } else if lines.len() > allowed {
            let message = format!(
                "{} lines of {package} hold words that the style gives up, {allowed} are allowed: \
                 `cargo xtask house --words --crate {package}` lists them",
                lines.len()
            );
            let (file, line, _) = lines[0];
            findings.push(file.finding(line, message));
        }
    }
    for (package, allowed) in baseline {
        let lines = found.get(package).map_or(0, Vec::len);
        if lines + SLACK < *allowed || lines == 0 {
            let message =
                format!("{package} has only {lines} such lines, and {allowed} are allowed: lower the baseline");
            findings.push(Finding { path: "xtask/src/tidy/plain_words.rs".into(), line: 1, message });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{super::testing::file, *};

    #[track_caller]
    fn check_lines(lines: usize, baseline: &[(&str, usize)], findings: usize) {
        let files = [file("a.md", &"It is told.\n".repeat(lines))];
        assert_eq!(compare(&files, &[], baseline).len(), findings, "{lines} lines");
    }

    #[test]
    fn every_line_is_found_where_none_is_allowed() {
        check_lines(0, &[], 0);
        check_lines(3, &[], 3);
    }

    #[test]
    fn baseline_may_not_grow() {
        check_lines(20, &[("documents", 20)], 0);
        check_lines(21, &[("documents", 20)], 1);
    }

    #[test]
    fn baseline_follows_what_is_found() {
        check_lines(5, &[("documents", 5 + SLACK)], 0);
        check_lines(5, &[("documents", 6 + SLACK)], 1);
        check_lines(0, &[("documents", 1)], 1);
    }
}

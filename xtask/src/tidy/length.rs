//! A file holds one idea; one of more than 500 lines rarely does.

use super::{File, Finding};

/// Lines of a file.
const LINES_MAX: usize = 500;

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() || file.path.ends_with(".py")) {
        let lines = file.text.lines().count();
        if lines > LINES_MAX {
            findings.push(file.finding(LINES_MAX + 1, format!("{lines} lines: a second idea wants a second file")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn long_file_needs_a_reason() {
        assert_eq!(lines_found(check, "a.rs", &"x\n".repeat(LINES_MAX)), [0; 0]);
        assert_eq!(lines_found(check, "a.rs", &"x\n".repeat(LINES_MAX + 1)), [LINES_MAX + 1]);
        assert_eq!(lines_found(check, "Cargo.lock", &"x\n".repeat(LINES_MAX + 1)), [0; 0]);
    }
}

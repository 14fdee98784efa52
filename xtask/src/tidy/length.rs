//! A file holds one idea; one of more than 500 lines rarely does.

use super::{File, Finding};

/// Lines of a file.
const LINES_MAX: usize = 500;

/// Longer files, and why they stay whole.
const LONGER: &[(&str, &str)] =
    &[("shared/src/wire/server.rs", "every message from the server with its layout, each read beside the others")];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() || file.path.ends_with(".py")) {
        let lines = file.text.lines().count();
        let listed = LONGER.iter().any(|(path, _)| *path == file.path);
        if lines > LINES_MAX && !listed {
            let message = format!("{lines} lines: a second idea wants a second file (or a reason in tidy/length.rs)");
            findings.push(file.finding(LINES_MAX + 1, message));
        } else if lines <= LINES_MAX && listed {
            findings.push(file.finding(1, "is short again: take it off the list in tidy/length.rs"));
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

    #[test]
    fn reason_that_is_no_longer_needed_goes() {
        let Some((listed, _)) = LONGER.first() else { return };
        assert_eq!(lines_found(check, listed, &"x\n".repeat(LINES_MAX + 1)), [0; 0]);
        assert_eq!(lines_found(check, listed, "x\n"), [1]);
    }
}

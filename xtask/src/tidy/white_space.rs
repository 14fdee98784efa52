//! No tabs, nothing at the end of a line, one newline at the end of a file.

use super::{File, Finding};

/// Formats that want tabs, and files other programs write.
const EXEMPT: &[&str] = &["Makefile", "Cargo.lock", ".patch", ".svg"];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| !EXEMPT.iter().any(|ending| file.path.ends_with(ending))) {
        for (line, text) in file.lines() {
            if text.contains('\t') {
                findings.push(file.finding(line, "a tab"));
            }
            if text.ends_with([' ', '\r']) {
                findings.push(file.finding(line, "white space at the end of the line"));
            }
        }
        if !file.text.is_empty() && (!file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
            findings.push(file.finding(file.text.lines().count(), "the file does not end in one newline"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn stray_white_space_is_found() {
        assert_eq!(lines_found(check, "a.rs", "a\n\tb\n"), [2]);
        assert_eq!(lines_found(check, "a.rs", "a \nb\n"), [1]);
        assert_eq!(lines_found(check, "a.rs", "a\nb"), [2]);
        assert_eq!(lines_found(check, "a.rs", "a\nb\n\n"), [3]);
    }

    #[test]
    fn plain_text_is_fine() {
        assert_eq!(lines_found(check, "a.rs", "a\n    b\n"), [0; 0]);
        assert_eq!(lines_found(check, "a.rs", ""), [0; 0]);
        assert_eq!(lines_found(check, "Makefile", "a:\n\tb\n"), [0; 0]);
    }
}

//! Nothing half done is committed: no reminders, no stubs that panic, no printing for debugging.

use super::{File, Finding, code::without_comments_and_texts};

/// Anywhere, comments included. In pieces, so that this file does not find itself.
const REMINDERS: &[&str] = &[concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X:")];

/// In code.
const STUBS: &[&str] = &["todo!(", "unimplemented!(", "dbg!("];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (line, text) in file.lines() {
            for word in REMINDERS.iter().filter(|word| text.contains(**word)) {
                findings.push(file.finding(line, format!("`{word}`: do it, or open an issue")));
            }
        }
        if file.is_rust() {
            let code = without_comments_and_texts(&file.text);
            for (index, text) in code.lines().enumerate() {
                for stub in STUBS.iter().filter(|stub| text.contains(**stub)) {
                    findings.push(file.finding(index + 1, format!("`{stub})` is not for committed code")));
                }
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::lines_found;
    use super::*;

    #[test]
    fn stubs_are_found_in_code_only() {
        assert_eq!(lines_found(check, "a.rs", "fn f() {\n    todo!()\n}\n"), [2]);
        assert_eq!(lines_found(check, "a.rs", "// todo!()\nlet x = \"dbg!(x)\";\n"), [0; 0]);
    }

    #[test]
    fn reminders_are_found_everywhere() {
        assert_eq!(lines_found(check, "a.md", &format!("fine\n{} later\n", REMINDERS[0])), [2]);
        assert_eq!(lines_found(check, "a.rs", &format!("//! {}: x\n", REMINDERS[1])), [1]);
    }
}

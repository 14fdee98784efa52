//! Nothing half done is committed: no reminders, no stubs that panic, no printing for debugging, no marks of a merge.

use super::{File, Finding};
use crate::source::code::without_comments_and_texts;

/// Anywhere, comments included. In pieces, so that this file does not find itself.
const REMINDERS: &[&str] = &[concat!("FIX", "ME"), concat!("TO", "DO"), concat!("XX", "X:")];

/// In code.
const STUBS: &[&str] = &["todo!(", "unimplemented!(", "dbg!("];

/// Marks that git writes around two versions of a place, at the start of a line. The line between them may also underline a
/// heading, so the outer two tell.
const MERGE_MARKS: &[&str] = &[concat!("<<<<", "<<< "), concat!(">>>>", ">>> ")];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for (line, text) in file.lines() {
            for word in REMINDERS.iter().filter(|word| text.contains(**word)) {
                findings.push(file.finding(line, format!("`{word}`: do it, or open an issue")));
            }
            if MERGE_MARKS.iter().any(|mark| text.starts_with(mark)) {
                findings.push(file.finding(line, "a mark of a merge: choose a version"));
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
    fn marks_of_a_merge_are_found_at_the_start_of_a_line() {
        let conflict = format!("a\n{}HEAD\nb\n=======\nc\n{}main\n", MERGE_MARKS[0], MERGE_MARKS[1]);
        assert_eq!(lines_found(check, "a.toml", &conflict), [2, 6]);
        assert_eq!(lines_found(check, "a.md", &format!("git writes {}\n", MERGE_MARKS[0])), [0; 0]);
    }

    #[test]
    fn reminders_are_found_everywhere() {
        assert_eq!(lines_found(check, "a.md", &format!("fine\n{} later\n", REMINDERS[0])), [2]);
        assert_eq!(lines_found(check, "a.rs", &format!("//! {}: x\n", REMINDERS[1])), [1]);
    }
}

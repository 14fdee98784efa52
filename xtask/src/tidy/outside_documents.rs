//! Nothing refers to documents and lists that only those have who made the project: a reader has the repository alone.

use super::{File, Finding};
use crate::source::code::has_word;

/// Names of such documents, in pieces, so that this file does not find itself. One that is in the repository may be named.
const DOCUMENTS: &[&str] = &[concat!("DES", "IGN"), concat!("BRI", "EF"), concat!("`refer", "ence`:")];
/// Words before a number of such a list.
const LISTS: &[&str] = &[concat!("iss", "ue "), concat!("iss", "ues "), concat!("Iss", "ue ")];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let is_here = |name: &str| files.iter().any(|file| file.path == format!("{name}.md"));
    let mut findings = Vec::new();
    // Packed pages and lock files name what others have written.
    let is_ours = |file: &&File| !file.path.starts_with("assets/web/") && !file.path.contains("lock");
    for file in files.iter().filter(is_ours) {
        for (line, text) in file.lines() {
            for name in DOCUMENTS.iter().filter(|name| names(text, name) && !is_here(name)) {
                findings.push(file.finding(line, format!("`{name}` is no document of the repository")));
            }
            if LISTS.iter().any(|list| names_number(text, list)) {
                findings.push(file.finding(line, "a number of a list that a reader does not have: say what is meant"));
            }
        }
    }
    findings
}

fn names(text: &str, name: &str) -> bool {
    if name.starts_with('`') { text.contains(name) } else { has_word(text, name) }
}

fn names_number(text: &str, list: &str) -> bool {
    text.match_indices(list).any(|(start, _)| {
        let is_whole = !text[..start].chars().next_back().is_some_and(char::is_alphanumeric);
        is_whole && text[start + list.len()..].starts_with(|character: char| character.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{file, lines_found};
    use super::*;

    #[test]
    fn documents_that_are_not_here_are_found() {
        let name = DOCUMENTS[0];
        assert_eq!(lines_found(check, "a.rs", &format!("//! A.\n// See {name}, section 7.\n")), [2]);
        assert_eq!(lines_found(check, "a.rs", &format!("fn {name}S() {{}} // design\n")), [0; 0]);
        assert_eq!(lines_found(check, "a.md", &format!("(see {} no. 3)\n", DOCUMENTS[2])), [1]);
        let here = [file("a.rs", &format!("// {name}\n")), file(&format!("{name}.md"), "")];
        assert_eq!(check(&here), []);
    }

    #[test]
    fn numbers_of_lists_are_found() {
        assert_eq!(lines_found(check, "a.md", &format!("as in {}15\n", LISTS[0])), [1]);
        assert_eq!(lines_found(check, "a.md", &format!("open an {}at 15, re{}3\n", LISTS[0], LISTS[0])), [0; 0]);
    }
}

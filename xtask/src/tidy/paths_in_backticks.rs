//! Paths in backticks, in documents and in the `//!` of sources, are paths of the repository. They may be shortened at the front
//! (`tidy/mod.rs`), and `*` stands for any part of a name.

use std::collections::BTreeSet;
use std::path::Path;

use super::{File, Finding};

/// Endings of files that a name without a folder is taken for.
const SOURCES: &[&str] = &[".rs", ".md", ".js", ".mjs", ".py"];
/// Endings of files, below a folder.
const FILES: &[&str] =
    &[".rs", ".md", ".js", ".mjs", ".ts", ".py", ".toml", ".json", ".yml", ".yaml", ".html", ".css", ".sh"];

/// Paths that are somewhere else, as their beginnings, by the beginning of the document's path.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("", "fuzz/artifacts/", "the fuzzer writes it"),
    ("", "ricochet-page/", "a name of the page's import map"),
    ("", "game-module/", "a name of the page's import map"),
    ("CHANGELOG.md", "", "it is about files as they were"),
    ("docs/your-own-game.md", "src/", "files of the reader's own game"),
    ("docs/operations.md", "before/", "a folder that the example makes"),
    ("docs/client.md", "web_client.js", "it comes with the built module"),
];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let known: BTreeSet<&str> =
        files.iter().flat_map(|file| Path::new(&file.path).ancestors().filter_map(Path::to_str)).collect();
    let mut findings = Vec::new();
    for file in files {
        let is_document = file.path.ends_with(".md");
        let mut in_sample = false;
        for (line, text) in file.lines() {
            let text = match text.strip_prefix("//!") {
                Some(text) if file.is_rust() => text,
                _ if is_document => text,
                _ => continue,
            };
            in_sample ^= text.trim_start().starts_with("```");
            if in_sample {
                continue;
            }
            let quoted = text.split('`').skip(1).step_by(2);
            for path in quoted.filter(|quoted| is_path(quoted, &known)) {
                if !is_elsewhere(&file.path, path) && !known.iter().any(|known| ends_with(known, path)) {
                    findings.push(file.finding(line, format!("`{path}` is not in the repository")));
                }
            }
        }
    }
    findings
}

/// Returns true if a quotation looks like a path of the repository. Names in capitals, as in `games/NAME/src`, stand for others.
fn is_path(quoted: &str, known: &BTreeSet<&str>) -> bool {
    let in_path = |character: char| character.is_ascii_alphanumeric() || "_-./*".contains(character);
    if !quoted.chars().all(in_path) || quoted.starts_with(['/', '.', '-', '*']) {
        return false;
    }
    let stands_for_others =
        |part: &str| part.len() > 1 && part.chars().all(|character| character.is_ascii_uppercase() || character == '_');
    if quoted.split(['/', '.']).any(stands_for_others) && !quoted.ends_with(".md") {
        return false;
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| quoted.ends_with(ending));
    match quoted.split_once('/') {
        Some((first, _)) => ends(FILES) || known.contains(first),
        None => ends(SOURCES),
    }
}

fn is_elsewhere(document: &str, path: &str) -> bool {
    ELSEWHERE.iter().any(|(documents, paths, _)| document.starts_with(documents) && path.starts_with(paths))
}

/// Returns true if `known` ends with the parts of `path`.
fn ends_with(known: &str, path: &str) -> bool {
    let (mut known, mut path) = (known.rsplit('/'), path.trim_end_matches('/').rsplit('/'));
    path.all(|part| known.next().is_some_and(|known| matches(known, part)))
}

/// Returns true if a name fits a pattern with at most a few `*`.
fn matches(name: &str, pattern: &str) -> bool {
    let Some((before, behind)) = pattern.split_once('*') else { return name == pattern };
    let Some(rest) = name.strip_prefix(before) else { return false };
    (0..=rest.len()).filter(|&start| rest.is_char_boundary(start)).any(|start| matches(&rest[start..], behind))
}

#[cfg(test)]
mod tests {
    use super::super::testing::file;
    use super::*;

    #[track_caller]
    fn check_text(path: &str, text: &str, found: usize) {
        let files = [file(path, text), file("room/src/record/tests.rs", ""), file("docs/protocol.md", "")];
        assert_eq!(check(&files).len(), found, "{text}");
    }

    #[test]
    fn paths_of_the_repository_are_fine() {
        check_text("a.md", "`room/src/record/tests.rs`, `record/tests.rs`, `tests.rs`, `room/src/record/`, `room`", 0);
        check_text("a.md", "`room/src/*/tests.rs`, `docs/p*l.md`", 0);
        check_text("room/src/a.rs", "//! See `record/tests.rs`.\n", 0);
    }

    #[test]
    fn paths_that_lead_nowhere_are_found() {
        check_text("a.md", "`room/src/records/tests.rs`, `test.rs`, `room/tests`", 3);
        check_text("a.md", "`docs/q*.md`", 1);
        check_text("room/src/a.rs", "//! See `record/test.rs`.\nfn f() {} // `test.rs`\n", 1);
    }

    #[test]
    fn other_quotations_are_no_paths() {
        check_text(
            "a.md",
            "`/api/join`, `application/json`, `maps.toml`, `room/NAME/x.rs`, `a b.rs`, `.github/x.yml`",
            0,
        );
        check_text("a.md", "```\n`test.rs`\n```\n", 0);
        check_text("docs/your-own-game.md", "`src/dog.rs`", 0);
    }
}

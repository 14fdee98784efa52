//! The cores (`shared`, the games, `room`, `cluster`, `http3`, `client` without its native sockets) do no I/O, read no clock, start no thread, ask no
//! global random source and iterate in no random order: the same calls give the same bytes, on a server and in a browser.

use super::{File, Finding};
use crate::source::code::{has_word, without_comments_and_texts, without_tests};

/// Folders of the cores.
const CORES: &[&str] =
    &["shared/src/", "games/arena/src/", "games/petri/src/", "room/src/", "client/src/", "cluster/src/", "http3/src/"];
/// The shell inside the client, behind its feature.
const SHELL: &str = "client/src/native";

/// Modules of `std` that reach outside.
const MODULES: &[&str] = &["env", "fs", "net", "os", "process", "thread"];
/// Names that do, wherever they come from.
const NAMES: &[(&str, &str)] = &[
    ("Instant", "time is an argument"),
    ("SystemTime", "time is an argument"),
    ("HashMap", "its order is random: BTreeMap, a sorted Vec or slots"),
    ("HashSet", "its order is random: BTreeSet, a sorted Vec or slots"),
    ("RandomState", "chance is an argument"),
    ("thread_local", "state has one owner"),
    ("println", "a core has no terminal: give an output or an event"),
    ("eprintln", "a core has no terminal: give an output or an event"),
    ("stdin", "a core has no terminal"),
    ("stdout", "a core has no terminal"),
    ("async", "a core is driven by calls, it awaits nothing"),
];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust() && is_core(&file.path)) {
        let code = without_tests(&without_comments_and_texts(&file.text));
        for (index, line) in code.lines().enumerate() {
            for (name, why) in NAMES.iter().filter(|(name, _)| has_word(line, name)) {
                findings.push(file.finding(index + 1, format!("`{name}` in a core: {why}")));
            }
            for module in MODULES.iter().filter(|module| has_word(line, &format!("std::{module}"))) {
                findings.push(file.finding(index + 1, format!("`std::{module}` in a core: it does no I/O")));
            }
        }
        findings.extend(grouped_modules(file, &code));
    }
    findings
}

fn is_core(path: &str) -> bool {
    CORES.iter().any(|core| path.starts_with(core)) && !path.starts_with(SHELL)
}

/// Modules inside `use std::{…}`, on the top level of the braces.
fn grouped_modules(file: &File, code: &str) -> Vec<Finding> {
    const GROUP: &str = "std::{";
    let mut findings = Vec::new();
    for (start, _) in code.match_indices(GROUP) {
        let inside = start + GROUP.len();
        let mut depth = 1;
        let mut word = inside;
        for (index, character) in code[inside..].char_indices().map(|(index, c)| (inside + index, c)) {
            let ends_word = !(character.is_alphanumeric() || character == '_');
            if ends_word {
                let name = &code[word..index];
                if depth == 1 && MODULES.contains(&name) {
                    let line = code[..index].matches('\n').count() + 1;
                    findings.push(file.finding(line, format!("`std::{name}` in a core: it does no I/O")));
                }
                word = index + character.len_utf8();
            }
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
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
    fn io_in_a_core_is_found() {
        assert_eq!(lines_found(check, "room/src/a.rs", "use std::time::Instant;\n"), [1]);
        assert_eq!(lines_found(check, "shared/src/a.rs", "\nlet x = std::fs::read(p);\n"), [2]);
        assert_eq!(lines_found(check, "client/src/a.rs", "use std::{\n    fmt,\n    thread,\n};\n"), [3]);
        assert_eq!(lines_found(check, "room/src/a.rs", "let m: HashMap<u8, u8>;\n"), [1]);
    }

    #[test]
    fn shells_tests_and_words_are_fine() {
        assert_eq!(lines_found(check, "client/src/native/a.rs", "use std::net::SocketAddr;\n"), [0; 0]);
        assert_eq!(lines_found(check, "server/src/a.rs", "use std::net::SocketAddr;\n"), [0; 0]);
        assert_eq!(lines_found(check, "room/src/a.rs", "#[cfg(test)]\nmod t { use std::env; }\n"), [0; 0]);
        assert_eq!(lines_found(check, "room/src/a.rs", "// std::fs and Instant\nuse std::{sync::Arc, fmt};\n"), [0; 0]);
        assert_eq!(lines_found(check, "room/src/a.rs", "use std::time::Duration;\n"), [0; 0]);
    }
}

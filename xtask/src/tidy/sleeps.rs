//! No test sleeps: time is simulated, or an event is awaited. A sleep is either too short on a busy machine or too long
//! on an idle one.

use super::{File, Finding};
use crate::source::code::{without_comments_and_texts, without_tests};

/// Ways to sleep.
const SLEEPS: &[&str] = &["thread::sleep", "time::sleep", "sleep(", "sleep_until("];

/// Test files that must sleep, and why.
const ALLOWED: &[(&str, &str)] = &[];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        if ALLOWED.iter().any(|(path, _)| *path == file.path) {
            continue;
        }
        let code = without_comments_and_texts(&file.text);
        let all_is_test = file.path.starts_with("tests/") || file.path.contains("/tests/");
        // Elsewhere only what stands under `#[cfg(test)]` is a test.
        let untested = if all_is_test { String::new() } else { without_tests(&code) };
        let mut shipped = untested.lines();
        for (index, line) in code.lines().enumerate() {
            let in_test = shipped.next() != Some(line);
            if in_test && SLEEPS.iter().any(|sleep| line.contains(sleep)) {
                findings.push(file.finding(index + 1, "a test sleeps: await the event, or simulate the time"));
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
    fn sleeping_tests_are_found() {
        assert_eq!(lines_found(check, "tests/tests/a.rs", "fn f() {\n    std::thread::sleep(x);\n}\n"), [2]);
        assert_eq!(lines_found(check, "tests/src/lib.rs", "\ntokio::time::sleep(x).await;\n"), [2]);
        let unit = "fn f() { thread::sleep(x) }\n#[cfg(test)]\nmod tests {\n    fn g() { thread::sleep(x) }\n}\n";
        assert_eq!(lines_found(check, "server/src/a.rs", unit), [4]);
    }

    #[test]
    fn words_about_sleep_are_fine() {
        assert_eq!(lines_found(check, "tests/tests/a.rs", "// thread::sleep(x)\nlet asleep = true;\n"), [0; 0]);
    }
}

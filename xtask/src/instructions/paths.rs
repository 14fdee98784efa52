//! The bench whose paths are counted: built, and asked what it has.

use std::{
    collections::BTreeMap,
    path::{Path as FilePath, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::process::{cargo, quiet_output, shown};

/// The built bench.
pub(super) struct Built {
    pub(super) program: PathBuf,
    pub(super) paths: Vec<Path>,
}

/// Work that the bench does for this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Path {
    pub(super) name: String,
    /// The counted part of it: the row's name and the function.
    pub(super) rows: BTreeMap<String, String>,
}

impl Built {
    /// The one path whose name contains `part`.
    pub(super) fn path(&self, part: &str) -> Result<&Path> {
        if let Some(path) = self.paths.iter().find(|path| path.name == part) {
            return Ok(path);
        }
        let found: Vec<_> = self.paths.iter().filter(|path| path.name.contains(part)).collect();
        let [path] = found[..] else {
            let names: Vec<_> = self.paths.iter().map(|path| path.name.as_str()).collect();
            bail!("{} paths are called {part:?}; there are:\n{}", found.len(), names.join("\n"))
        };
        Ok(path)
    }
}

/// Builds the bench as `cargo bench` does.
pub(super) fn build() -> Result<Built> {
    let line = ["bench", "--locked", "--no-run", "--package=room", "--bench=instructions", "--message-format=json"];
    let mut build = cargo(&line);
    // Flags that somebody sets for their own machine would change the counts.
    // In several units an unrelated change moves functions between them, and with them what is inlined: a tenth of a path.
    build.env_remove("RUSTFLAGS").env("CARGO_PROFILE_BENCH_CODEGEN_UNITS", "1").stderr(std::process::Stdio::inherit());
    println!("$ {}", shown(&build));
    let output = build.output().context("cannot start cargo")?;
    ensure!(output.status.success(), "the bench `instructions` does not build");
    let program = program_of(&String::from_utf8_lossy(&output.stdout)).context("cargo names no program")?;
    let listed = list(&program)?;
    Ok(Built { program, paths: parse(&listed)? })
}

fn list(program: &FilePath) -> Result<String> {
    quiet_output(&[&program.to_string_lossy()]).with_context(|| format!("{} lists no paths", program.display()))
}

/// The program among cargo's messages, of which there is one a line.
fn program_of(messages: &str) -> Option<PathBuf> {
    messages.lines().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let ours = message["reason"] == "compiler-artifact" && message["target"]["name"] == "instructions";
        ours.then(|| message["executable"].as_str().map(PathBuf::from))?
    })
}

/// Lines of path, row and function, those of a path together.
fn parse(listed: &str) -> Result<Vec<Path>> {
    let mut paths: Vec<Path> = Vec::new();
    for line in listed.lines() {
        let words: Vec<_> = line.split('\t').collect();
        let [name, row, function] = words[..] else { bail!("not path, row and function: {line:?}") };
        if paths.last().is_none_or(|path| path.name != name) {
            paths.push(Path { name: name.into(), rows: BTreeMap::new() });
        }
        let path = paths.last_mut().expect("one was pushed");
        ensure!(path.rows.insert(row.into(), function.into()).is_none(), "{name} has two rows {row:?}");
    }
    ensure!(!paths.is_empty(), "the bench has no paths");
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "tick: a\twhole\tm\ntick: a\tencode\te\ntick: a b\twhole\tm";

    #[test]
    fn rows_of_a_path_belong_together() {
        let paths = parse(LISTED).unwrap();
        assert_eq!(paths.len(), 2);
        assert_eq!(paths[0].rows["encode"], "e");
        assert_eq!(paths[1].rows.len(), 1);
        assert!(parse("tick: a\twhole").is_err());
        assert!(parse("a\tb\tc\na\tb\td").is_err());
        assert!(parse("").is_err());
    }

    #[test]
    fn path_is_found_by_a_part_that_only_it_has() {
        let built = Built { program: PathBuf::new(), paths: parse(LISTED).unwrap() };
        assert_eq!(built.path("b").unwrap().name, "tick: a b");
        assert_eq!(built.path("tick: a").unwrap().name, "tick: a");
        let told = built.path("tick").unwrap_err().to_string();
        assert!(told.contains("2 paths") && told.contains("tick: a b"), "{told}");
        assert!(built.path("x").is_err());
    }

    #[test]
    fn program_is_found_among_the_messages() {
        let other = r#"{"reason":"compiler-artifact","target":{"name":"room"},"executable":null}"#;
        let ours =
            r#"{"reason":"compiler-artifact","target":{"name":"instructions"},"executable":"/t/instructions-1"}"#;
        let messages = format!("{other}\n{ours}\n{{\"reason\":\"build-finished\",\"success\":true}}");
        assert_eq!(program_of(&messages), Some("/t/instructions-1".into()));
        assert_eq!(program_of(other), None);
    }
}

//! The tutorial `docs/your-own-game.md`, done as a reader does it: a fresh copy of the template, each file and each diff of the text in its
//! order, compiled at the end of each chapter and tested at the end of the last one.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use super::{Outcome, own_game};
use crate::{process::run, workspace};

const TUTORIAL: &str = "docs/your-own-game.md";
/// The name that the tutorial gives its game.
const GAME: &str = "pasture";

pub(super) fn test() -> Result<Outcome> {
    let text = fs::read_to_string(workspace::root().join(TUTORIAL)).context(TUTORIAL)?;
    let copy = own_game::copy(GAME, "tutorial")?;
    let chapters = chapters(&text)?;
    ensure!(chapters.iter().any(|chapter| !chapter.changes.is_empty()), "{TUTORIAL} changes nothing");
    for chapter in &chapters {
        let Some(last) = chapter.changes.last() else { continue };
        for change in &chapter.changes {
            change.apply(&copy).with_context(|| format!("{TUTORIAL}:{}", change.line))?;
        }
        run(&mut own_game::cargo(&copy, &["check", "--quiet", "--lib"]))
            .with_context(|| format!("{TUTORIAL}:{}: \"{}\" does not compile", last.line, chapter.title))?;
        println!("\"{}\" compiles", chapter.title);
    }
    run(&mut own_game::cargo(&copy, &["test", "--quiet"]))
        .with_context(|| format!("{TUTORIAL}: the game at its end"))?;
    Ok(Outcome::Passed)
}

struct Chapter<'a> {
    title: &'a str,
    changes: Vec<Change<'a>>,
}

/// A block of code in the text: a whole file (```` ```rust src/dog.rs ````) or a diff (```` ```diff ````).
struct Change<'a> {
    /// The line in which the block begins, from 1 on.
    line: usize,
    /// The file, for a whole one.
    path: Option<&'a str>,
    text: String,
}

impl Change<'_> {
    fn apply(&self, copy: &Path) -> Result<()> {
        let Some(path) = self.path else { return apply_diff(copy, &self.text) };
        fs::write(copy.join(path), &self.text).with_context(|| format!("cannot write {path}"))
    }
}

fn apply_diff(copy: &Path, diff: &str) -> Result<()> {
    // In a folder that Git ignores it would apply nothing and say nothing, if it knew of the repository around it.
    let mut git = Command::new("git");
    git.args(["apply", "--recount", "--whitespace=nowarn", "-"]).current_dir(copy).env("GIT_DIR", "/nowhere");
    let mut child = git.stdin(Stdio::piped()).spawn().context("cannot run git")?;
    child.stdin.take().context("a pipe was asked for")?.write_all(diff.as_bytes())?;
    ensure!(child.wait()?.success(), "the diff does not fit what the text has made so far");
    Ok(())
}

/// The chapters, with the blocks of code that change something.
fn chapters(text: &str) -> Result<Vec<Chapter<'_>>> {
    let mut chapters: Vec<Chapter<'_>> = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, text)) = lines.next() {
        if let Some(title) = text.strip_prefix("## ") {
            chapters.push(Chapter { title, changes: Vec::new() });
        }
        let Some(fence) = text.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```").collect();
        let path = match fence.split_once(' ') {
            Some((_, path)) => Some(path),
            None if fence == "diff" => None,
            None if fence == "text" => continue,
            None => bail!("{TUTORIAL}:{line}: say which file this is, or that it is a diff: ```{fence}"),
        };
        let chapter = chapters.last_mut().with_context(|| format!("{TUTORIAL}:{line}: before the first chapter"))?;
        chapter.changes.push(Change { line, path, text: block.iter().map(|line| format!("{line}\n")).collect() });
    }
    Ok(chapters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_files_and_diffs_of_their_chapter() {
        let text = "# T\n## 1\n```rust src/a.rs\nfn a() {}\n\nfn b() {}\n```\n```text\ncargo run\n```\n## 2\n```diff\n-a\n```\n";
        let chapters = chapters(text).unwrap();
        let found: Vec<_> = chapters
            .iter()
            .flat_map(|chapter| &chapter.changes)
            .map(|change| (change.line, change.path, change.text.as_str()))
            .collect();
        assert_eq!(found, [(3, Some("src/a.rs"), "fn a() {}\n\nfn b() {}\n"), (12, None, "-a\n")]);
    }

    #[test]
    fn block_that_says_not_what_it_is_is_an_error() {
        assert!(chapters("## 1\n```rust\nfn a() {}\n```\n").is_err());
        assert!(chapters("```diff\n-a\n```\n").is_err());
    }
}

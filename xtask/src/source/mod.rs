//! The repository's sources, read as text and as Rust: what `tidy` and `house` both look at.
//!
//! `code` and `comments` divide a file into code and prose, `messages` finds what it says to users, `prose` and `relapses` look at the words;
//! `modules` parses the crates into modules, `paths` resolves names to the modules
//! that define them, `imports` builds the graph of modules, `cycles` finds the cycles in it.

pub(crate) mod code;
pub(crate) mod comments;
pub(crate) mod cycles;
mod imports;
pub(crate) mod messages;
pub(crate) mod modules;
pub(crate) mod paths;
mod prose;
pub(crate) mod relapses;

use std::path::Path;

use anyhow::{Context, Result};

use crate::workspace;

/// A file of the repository.
pub(crate) struct File {
    /// From the root, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Returns true if the whole file is a test or serves tests.
    pub(crate) fn is_test(&self) -> bool {
        let named = |name: &str| self.path.ends_with(&format!("/{name}.rs"));
        self.path.starts_with("tests/")
            || self.path.contains("/tests/")
            || ["tests", "fixtures", "testing"].into_iter().any(named)
    }

    /// Numbered lines, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// Reads every file of the checkout at `root` except the fuzz corpora. A file that is not text, such as a picture, is listed with an empty text,
/// because links may lead to it.
///
/// # Errors
/// Git cannot list the files, or a file cannot be read.
pub(crate) fn read_files(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in workspace::files_in(root)? {
        if path.starts_with("fuzz/corpus/") {
            continue;
        }
        let bytes = std::fs::read(root.join(&path)).with_context(|| format!("cannot read {path}"))?;
        files.push(File { path, text: String::from_utf8(bytes).unwrap_or_default() });
    }
    Ok(files)
}

/// Files for the tests of what reads sources.
#[cfg(test)]
pub(crate) fn file(path: &str, text: &str) -> File {
    File { path: path.into(), text: text.into() }
}

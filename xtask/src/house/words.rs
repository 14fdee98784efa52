//! How comments and documents read: doc blocks of a few words, and lines that relapse into words that the style gives up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::source::{
    File,
    comments::{self, Block, Kind},
    modules::{Crate, package_of},
    relapses::{self, Line, Place},
};

/// Words of a doc block; one with no more repeats the name of its item.
const SHORT_WORDS_MAX: usize = 3;

#[derive(Serialize)]
pub(super) struct Words {
    /// By package.
    pub(super) docs: Vec<Docs>,
    /// By package; documents outside of packages are a package of their own.
    pub(super) relapses: Vec<Relapses>,
    /// How often each word was found.
    pub(super) by_word: Vec<(String, usize)>,
}

/// Doc blocks of a package.
#[derive(Default, Serialize)]
pub(super) struct Docs {
    pub(super) package: String,
    pub(super) blocks: usize,
    pub(super) short: usize,
    /// The first short one.
    pub(super) example: String,
}

/// Lines that relapse, by where they stand.
#[derive(Default, Serialize)]
pub(super) struct Relapses {
    pub(super) package: String,
    /// In `//!` and `///`.
    pub(super) docs: usize,
    /// In `//`.
    pub(super) comments: usize,
    /// In errors and log lines.
    pub(super) messages: usize,
    /// In Markdown.
    pub(super) documents: usize,
    /// The first one.
    pub(super) example: String,
}

/// Prints every line that relapses, with the word that it is listed for.
pub(super) fn print(files: &[File]) {
    for file in files {
        for found in relapses::of_file(file) {
            println!("{}:{}: {}: {}", file.path, found.line, found.word, found.text);
        }
    }
}

pub(super) fn measure(crates: &[Crate], files: &[File]) -> Words {
    let mut docs: BTreeMap<&str, Docs> = BTreeMap::new();
    let mut relapses: BTreeMap<&str, Relapses> = BTreeMap::new();
    let mut by_word: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let package = package_of(crates, &file.path);
        for found in relapses::of_file(file) {
            *by_word.entry(found.word).or_default() += 1;
            relapses.entry(package).or_default().add(file, &found);
        }
        let blocks = if file.is_rust() { comments::blocks(&file.text) } else { Vec::new() };
        for block in blocks.iter().filter(|block| block.kind == Kind::Doc) {
            docs.entry(package).or_default().add(file, block);
        }
    }
    let mut by_word: Vec<_> = by_word.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
    by_word.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Words {
        docs: docs.into_iter().map(|(package, docs)| Docs { package: package.to_owned(), ..docs }).collect(),
        relapses: relapses
            .into_iter()
            .map(|(package, relapses)| Relapses { package: package.to_owned(), ..relapses })
            .collect(),
        by_word,
    }
}

impl Docs {
    fn add(&mut self, file: &File, block: &Block) {
        self.blocks += 1;
        if block.text.split_whitespace().count() > SHORT_WORDS_MAX {
            return;
        }
        self.short += 1;
        if self.example.is_empty() {
            self.example = format!("{}:{}: {}", file.path, block.line, block.text);
        }
    }
}

impl Relapses {
    fn add(&mut self, file: &File, found: &Line) {
        *match found.place {
            Place::Doc => &mut self.docs,
            Place::Comment => &mut self.comments,
            Place::Message => &mut self.messages,
            Place::Document => &mut self.documents,
        } += 1;
        if self.example.is_empty() {
            self.example = format!("{}:{}: {}", file.path, found.line, found.text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::file;

    #[test]
    fn short_blocks_and_relapses_are_counted() {
        let text = "//! Who plays.\n\n/// The bot's name.\nstruct A; // told\n/// The name of the bot.\nfn f() { bail!(\"in vain\") }\n";
        let words = measure(&[], &[file("a.rs", text), file("b.md", "Whoever reads.\n")]);
        assert_eq!((words.docs[0].blocks, words.docs[0].short), (2, 1));
        assert_eq!(words.docs[0].example, "a.rs:3: The bot's name.");
        let found = &words.relapses[0];
        assert_eq!((found.docs, found.comments, found.messages, found.documents), (1, 1, 1, 1));
        assert_eq!(found.example, "a.rs:1: Who plays.");
        assert_eq!(words.by_word.len(), 4);
    }
}

//! How comments and documents read: doc blocks of a few words, and lines that relapse into words that the style gives up.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::source::{
    File,
    comments::{self, Kind},
    messages,
    modules::Crate,
    prose,
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
#[derive(Serialize)]
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

pub(super) fn measure(crates: &[Crate], files: &[File]) -> Words {
    let mut docs: BTreeMap<&str, Docs> = BTreeMap::new();
    let mut relapses: BTreeMap<&str, Relapses> = BTreeMap::new();
    let mut by_word: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let package = super::package_of(crates, file);
        let mut add = |line: usize, text: &str, place: fn(&mut Relapses) -> &mut usize| {
            for found in prose::relapses(text) {
                let relapses = relapses.entry(package).or_default();
                *place(relapses) += 1;
                *by_word.entry(found.word).or_default() += 1;
                if relapses.example.is_empty() {
                    let shown = text.lines().nth(found.line).unwrap_or_default();
                    relapses.example = format!("{}:{}: {shown}", file.path, line + found.line);
                }
            }
        };
        if file.path.ends_with(".md") {
            add(1, &file.text, |relapses| &mut relapses.documents);
        }
        if !file.is_rust() {
            continue;
        }
        for block in comments::blocks(&file.text) {
            match block.kind {
                Kind::Header | Kind::Doc => add(block.line, &block.text, |relapses| &mut relapses.docs),
                Kind::Plain => add(block.line, &block.text, |relapses| &mut relapses.comments),
            }
            if block.kind != Kind::Doc {
                continue;
            }
            let docs = docs.entry(package).or_insert_with(|| Docs {
                package: package.to_owned(),
                blocks: 0,
                short: 0,
                example: String::new(),
            });
            docs.blocks += 1;
            if block.text.split_whitespace().count() <= SHORT_WORDS_MAX {
                docs.short += 1;
                if docs.example.is_empty() {
                    docs.example = format!("{}:{}: {}", file.path, block.line, block.text);
                }
            }
        }
        if !file.is_test() {
            for message in messages::of_file(&file.text).unwrap_or_default() {
                add(message.line, &message.text, |relapses| &mut relapses.messages);
            }
        }
    }
    let mut by_word: Vec<_> = by_word.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
    by_word.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named = |(package, found): (&str, Relapses)| Relapses { package: package.to_owned(), ..found };
    Words { docs: docs.into_values().collect(), relapses: relapses.into_iter().map(named).collect(), by_word }
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

//! Where a file's prose relapses into words that the style gives up: its comments, its messages, or the whole of a document.

use super::{
    File,
    comments::{self, Kind},
    messages, prose,
};

/// The kind of prose of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// `//!` or `///`.
    Doc,
    /// `//`.
    Comment,
    /// An error or a log line.
    Message,
    /// Markdown.
    Document,
}

/// A line that relapses.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Line {
    pub(crate) line: usize,
    pub(crate) place: Place,
    pub(crate) word: &'static str,
    /// The line without the marks of its comment.
    pub(crate) text: String,
}

/// Lines of a file that relapse, from the top down for each kind of prose. Messages of tests do not count, their comments do.
pub(crate) fn of_file(file: &File) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |first: usize, place: Place, text: &str| {
        for found in prose::relapses(text) {
            let shown = text.lines().nth(found.line).unwrap_or_default().to_owned();
            lines.push(Line { line: first + found.line, place, word: found.word, text: shown });
        }
    };
    if file.path.ends_with(".md") {
        add(1, Place::Document, &file.text);
    }
    if file.is_rust() {
        for block in comments::blocks(&file.text) {
            let place = if block.kind == Kind::Plain { Place::Comment } else { Place::Doc };
            add(block.line, place, &block.text);
        }
        // A file that is not Rust is reported where modules are parsed.
        let messages = if file.is_test() { Vec::new() } else { messages::of_file(&file.text).unwrap_or_default() };
        for message in messages {
            add(message.line, Place::Message, &message.text);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    #[test]
    fn each_kind_of_prose_is_looked_at() {
        let text = "//! A.\n//! Who plays.\nconst A: u8 = 1; // told\nfn f() { bail!(\"in vain\") }\n";
        let found: Vec<_> =
            of_file(&file("a.rs", text)).iter().map(|line| (line.line, line.place, line.word)).collect();
        assert_eq!(found, [(2, Place::Doc, "Who"), (3, Place::Comment, "told"), (4, Place::Message, "in vain")]);
        assert_eq!(of_file(&file("tests/a.rs", text)).len(), 2);
        let found = &of_file(&file("a.md", "x\n\n# Whoever reads\n"))[0];
        assert_eq!((found.line, found.place, found.text.as_str()), (3, Place::Document, "# Whoever reads"));
    }
}

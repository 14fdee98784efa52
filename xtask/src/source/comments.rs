//! The comments of a Rust file, in blocks: consecutive lines of the same kind belong together.

use super::code;

/// The thing that a comment describes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// `//!`, the file or module that it stands in.
    Header,
    /// `///`, the item below.
    Doc,
    /// `//`, the code around it.
    Plain,
}

/// A block of comment lines.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Block {
    /// The first line's number, from 1.
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    /// The lines without their marks.
    pub(crate) text: String,
}

/// Blocks of line comments from the top of the file down. Block comments (`/* */`) are not used in this repository.
pub(crate) fn blocks(source: &str) -> Vec<Block> {
    // A line keeps its characters' number, so its comment begins where the two differ.
    let code = code::without_comments(source);
    let mut blocks: Vec<Block> = Vec::new();
    let mut open_until = 0;
    for (index, (line, code)) in source.lines().zip(code.lines()).enumerate() {
        let number = index + 1;
        let Some((kind, text)) = comment_of(line, code) else { continue };
        let alone = code.trim().is_empty();
        match blocks.last_mut() {
            Some(block) if alone && open_until == index && block.kind == kind => {
                block.text.push('\n');
                block.text.push_str(text);
            }
            _ => blocks.push(Block { line: number, kind, text: text.to_owned() }),
        }
        open_until = if alone { number } else { 0 };
    }
    blocks
}

/// The comment that ends a line, if there is one. `code` is the line with its comment blanked.
fn comment_of<'a>(line: &'a str, code: &str) -> Option<(Kind, &'a str)> {
    let start: usize = line.chars().zip(code.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let comment = &line[start..];
    let comment = comment.strip_prefix("//")?;
    let (kind, text) = match comment.chars().next() {
        Some('!') => (Kind::Header, &comment[1..]),
        Some('/') => (Kind::Doc, &comment[1..]),
        _ => (Kind::Plain, comment),
    };
    Some((kind, text.strip_prefix(' ').unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_kind_are_a_block() {
        let found =
            blocks("//! A file.\n//!\n//! More.\n\n/// A thing.\nstruct A; // why\n// how\nlet a = \"// text\";\n");
        let expected = [
            (1, Kind::Header, "A file.\n\nMore."),
            (5, Kind::Doc, "A thing."),
            (6, Kind::Plain, "why"),
            (7, Kind::Plain, "how"),
        ];
        assert_eq!(found, expected.map(|(line, kind, text)| Block { line, kind, text: text.into() }));
    }

    #[test]
    fn text_that_looks_like_a_comment_is_none() {
        assert_eq!(blocks("let a = \"\n// no\n\";\n"), []);
    }
}

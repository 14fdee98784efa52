//! Checks or cleans one line of text before others see it.

use std::iter::Peekable;

use super::classes::{Kept, NotAllowed, Reader};

/// A line with single spaces inside and none at its ends, if every character of it is allowed. It may be empty.
///
/// # Errors
/// The first character that is not allowed, and why.
pub(crate) fn check(text: &str) -> Result<String, (char, NotAllowed)> {
    let mut line = Line::default();
    for (character, judged) in Judged::new(text.trim()) {
        line.push(character, judged.map_err(|why| (character, why))?);
    }
    Ok(line.text)
}

/// The line without characters that are not allowed, with single spaces inside and none at its ends; `None` if nothing visible
/// is left.
pub(crate) fn clean(text: &str) -> Option<String> {
    let mut line = Line::default();
    for (character, judged) in Judged::new(text.trim()) {
        if let Ok(kept) = judged {
            line.push(character, kept);
        }
    }
    line.visible.then_some(line.text)
}

/// The characters kept so far.
#[derive(Default)]
struct Line {
    text: String,
    /// The next character needs a space before it.
    space: bool,
    visible: bool,
}

impl Line {
    fn push(&mut self, character: char, kept: Kept) {
        if kept == Kept::Space {
            self.space = !self.text.is_empty();
            return;
        }
        if std::mem::take(&mut self.space) {
            self.text.push(' ');
        }
        self.text.push(character);
        self.visible |= kept == Kept::Visible;
    }
}

/// The characters of a text, each with the reader's decision.
struct Judged<'a> {
    characters: Peekable<std::str::Chars<'a>>,
    reader: Reader,
}

impl<'a> Judged<'a> {
    fn new(text: &'a str) -> Self {
        Self { characters: text.chars().peekable(), reader: Reader::default() }
    }
}

impl Iterator for Judged<'_> {
    type Item = (char, Result<Kept, NotAllowed>);

    fn next(&mut self) -> Option<Self::Item> {
        let character = self.characters.next()?;
        Some((character, self.reader.read(character, self.characters.peek().copied())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_lines_stay_as_they_are() {
        for line in ["good game", "ça va ?", "李雷", "👩‍🚀 to the moon", "مرحبا", "שלום", "1️⃣ → 2", "<b>&amp;"]
        {
            assert_eq!(clean(line).as_deref(), Some(line));
            assert_eq!(check(line).as_deref(), Ok(line));
        }
    }

    #[test]
    fn what_hides_or_reorders_is_left_out_of_a_line() {
        for (text, line) in [
            ("a\u{202E}b\u{200B}c", "abc"),
            ("\u{2066}gg\u{2069}", "gg"),
            ("e\u{301}\u{301}\u{301}\u{301}!", "e\u{301}\u{301}!"),
            ("\u{301}x", "x"),
            ("a\u{3000}\u{00A0} b\u{2003}", "a b"),
            ("x\u{E000}\u{10FFFF}y", "xy"),
        ] {
            assert_eq!(clean(text).as_deref(), Some(line), "{text:?}");
        }
    }

    #[test]
    fn line_without_anything_to_see_is_none() {
        for text in ["", " ", "\u{3164}", "\u{2800}\u{2800}", "\u{200B}\u{200D}", "\u{301}", "\u{3000}", "\u{E0041}"] {
            assert_eq!(clean(text), None, "{text:?}");
        }
    }

    #[test]
    fn check_names_the_first_character_that_is_not_allowed() {
        assert_eq!(check("a\u{202E}b\u{200B}"), Err(('\u{202E}', NotAllowed::Direction)));
        assert_eq!(check("  \u{2003} "), Ok(String::new()));
    }
}

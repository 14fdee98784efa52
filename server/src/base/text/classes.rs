//! Decides which characters a line may contain, by their Unicode classes and by their neighbours.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        BidiControl, DefaultIgnorableCodePoint, Emoji, EmojiModifier, ExtendedPictographic, GeneralCategory,
        GeneralCategoryGroup,
    },
};

/// Reasons why a character is not allowed in its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotAllowed {
    /// Line breaks, tabs and the like.
    Control,
    /// Changes the direction of the text after it.
    Direction,
    /// Is invisible, or changes the look of its neighbours.
    Invisible,
    /// Has an empty glyph.
    Blank,
    /// Has no meaning in Unicode.
    Unassigned,
    /// For private use: its look depends on the font.
    Private,
    /// A combining mark without a base character.
    StrayMark,
    /// More marks on one character than any writing system needs.
    TooManyMarks,
}

/// The kind of an allowed character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    /// It is visible.
    Visible,
    /// It modifies the visible character before it.
    Part,
    /// White space of any width.
    Space,
}

/// Reads a line from its start, and decides for each character by those before it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader {
    /// The last allowed character.
    before: Before,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Before {
    /// The start, white space, or the joiner of an emoji: a mark has no base here.
    #[default]
    Nothing,
    /// A base character with this number of marks.
    Base { marks: u8 },
    /// A digit or sign that a selector may make the start of a keycap.
    Keycap,
    /// An emoji that may be joined with another one.
    Pictograph { selected: bool },
}

/// Vietnamese, Thai and Hebrew put two marks on a letter. More marks would cover the lines above and below.
const MARKS_IN_A_ROW_MAX: u8 = 2;
const JOINER: char = '\u{200D}';
const EMOJI_SELECTOR: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// Glyphs that are empty on purpose. Unicode has classes for white space and for ignorable characters, but none for these:
/// the object replacement, Braille without dots, the filler of Khitan, Egyptian spaces, and a note without a head.
const BLANK: [char; 6] = ['\u{FFFC}', '\u{2800}', '\u{16FE4}', '\u{13441}', '\u{13442}', '\u{1D159}'];

impl Reader {
    /// Decides for the next character; `after` is the one after it. A refused character does not count for those that follow.
    pub(super) fn read(&mut self, character: char, after: Option<char>) -> Result<Kept, NotAllowed> {
        let (kept, before) = self.judge(character, after)?;
        self.before = before;
        Ok(kept)
    }

    fn judge(self, character: char, after: Option<char>) -> Result<(Kept, Before), NotAllowed> {
        use GeneralCategory as Category;
        match (character, self.before) {
            (JOINER, Before::Pictograph { .. }) if after.is_some_and(is_pictograph) => {
                return Ok((Kept::Part, Before::Nothing));
            }
            (EMOJI_SELECTOR, Before::Pictograph { selected: false }) => {
                return Ok((Kept::Part, Before::Pictograph { selected: true }));
            }
            (EMOJI_SELECTOR, Before::Keycap) if after == Some(KEYCAP) => {
                return Ok((Kept::Part, Before::Base { marks: 0 }));
            }
            _ => {}
        }
        if CodePointSetData::new::<BidiControl>().contains(character) {
            return Err(NotAllowed::Direction);
        }
        if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character) {
            return Err(NotAllowed::Invisible);
        }
        if BLANK.contains(&character) {
            return Err(NotAllowed::Blank);
        }
        match category(character) {
            Category::Control => Err(NotAllowed::Control),
            Category::Format | Category::LineSeparator | Category::ParagraphSeparator => Err(NotAllowed::Invisible),
            Category::PrivateUse => Err(NotAllowed::Private),
            Category::Unassigned | Category::Surrogate => Err(NotAllowed::Unassigned),
            Category::SpaceSeparator => Ok((Kept::Space, Before::Nothing)),
            mark if GeneralCategoryGroup::Mark.contains(mark) => match self.before {
                Before::Nothing => Err(NotAllowed::StrayMark),
                Before::Base { marks } if marks >= MARKS_IN_A_ROW_MAX => Err(NotAllowed::TooManyMarks),
                Before::Base { marks } => Ok((Kept::Part, Before::Base { marks: marks + 1 })),
                Before::Keycap | Before::Pictograph { .. } => Ok((Kept::Part, Before::Base { marks: 1 })),
            },
            _ if is_modifier(character) && matches!(self.before, Before::Pictograph { .. }) => {
                Ok((Kept::Visible, Before::Pictograph { selected: true }))
            }
            _ if is_pictograph(character) => Ok((Kept::Visible, Before::Pictograph { selected: false })),
            _ if CodePointSetData::new::<Emoji>().contains(character) => Ok((Kept::Visible, Before::Keycap)),
            _ => Ok((Kept::Visible, Before::Base { marks: 0 })),
        }
    }
}

impl NotAllowed {
    /// The class in words, to follow "which is".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Control => "a control character",
            Self::Direction => "a direction character",
            Self::Invisible => "invisible",
            Self::Blank => "blank",
            Self::Unassigned => "not assigned by Unicode",
            Self::Private => "for private use",
            Self::StrayMark => "a mark without a base character",
            Self::TooManyMarks => "a third mark in a row",
        }
    }
}

fn category(character: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(character)
}

fn is_pictograph(character: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(character)
}

fn is_modifier(character: char) -> bool {
    CodePointSetData::new::<EmojiModifier>().contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reader's decision for each character of a text.
    fn read(text: &str) -> Vec<Result<Kept, NotAllowed>> {
        let mut reader = Reader::default();
        let mut characters = text.chars().peekable();
        let mut said = Vec::new();
        while let Some(character) = characters.next() {
            said.push(reader.read(character, characters.peek().copied()));
        }
        said
    }

    fn is_fine(text: &str) -> bool {
        read(text).iter().all(Result::is_ok)
    }

    #[test]
    fn no_character_of_a_hidden_class_is_kept_behind_a_letter() {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let direction = CodePointSetData::new::<BidiControl>();
        let mut seen = 0;
        for character in '\0'..=char::MAX {
            let group = category(character);
            let is_hidden = ignorable.contains(character)
                || direction.contains(character)
                || GeneralCategoryGroup::Other.contains(group)
                || matches!(group, GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator);
            let verdict = Reader { before: Before::Base { marks: 0 } }.read(character, Some('b'));
            if is_hidden {
                assert!(verdict.is_err(), "U+{:04X}", u32::from(character));
                seen += 1;
            }
            if verdict == Ok(Kept::Visible) {
                let shown = [
                    GeneralCategoryGroup::Letter,
                    GeneralCategoryGroup::Number,
                    GeneralCategoryGroup::Punctuation,
                    GeneralCategoryGroup::Symbol,
                ];
                assert!(shown.iter().any(|shown| shown.contains(group)), "U+{:04X}", u32::from(character));
            }
        }
        assert!(seen > 900_000, "unassigned and private ones are most of Unicode: {seen}");
    }

    #[test]
    fn every_assigned_letter_digit_and_punctuation_is_kept_unless_it_is_hidden() {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        for character in ('\0'..=char::MAX).filter(|&character| !ignorable.contains(character)) {
            let group = category(character);
            let is_writing = GeneralCategoryGroup::Letter.contains(group)
                || GeneralCategoryGroup::Number.contains(group)
                || GeneralCategoryGroup::Punctuation.contains(group);
            if is_writing && !BLANK.contains(&character) {
                assert_eq!(
                    Reader::default().read(character, None),
                    Ok(Kept::Visible),
                    "U+{:04X}",
                    u32::from(character)
                );
            }
        }
    }

    #[test]
    fn marks_need_something_to_stand_on_and_come_in_twos_at_most() {
        assert_eq!(read("\u{301}"), [Err(NotAllowed::StrayMark)]);
        assert_eq!(read(" \u{301}")[1], Err(NotAllowed::StrayMark));
        assert_eq!(read("e\u{302}\u{301}"), [Ok(Kept::Visible), Ok(Kept::Part), Ok(Kept::Part)]);
        assert_eq!(read("e\u{302}\u{301}\u{301}")[3], Err(NotAllowed::TooManyMarks));
        assert!(is_fine("เพื่อน") && is_fine("हिन्दी") && is_fine("שָׁלוֹם") && is_fine("Việt"));
    }

    #[test]
    fn emoji_keep_their_joiners_selectors_and_tones() {
        for emoji in ["👩‍🚀", "❤️‍🔥", "👍🏽", "🏳️‍🌈", "👨‍👩‍👧‍👦", "1️⃣", "🇫🇷", "☕", "❤️"]
        {
            assert!(is_fine(emoji), "{emoji}: {:?}", read(emoji));
        }
        for stray in
            ["a\u{200D}b", "🚀\u{200D}", "🚀\u{200D}a", "\u{200D}🚀", "a\u{FE0F}", "1\u{FE0F}", "❤\u{FE0F}\u{FE0F}"]
        {
            assert!(!is_fine(stray), "{stray:?}");
        }
    }
}

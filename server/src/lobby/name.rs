//! Checks the names of players.
//!
//! A name is one line of visible text that does not look like the server's own. The shard makes sure that no two players of a room
//! have names that look alike: the second "Ann" becomes "Ann 2" in `crate::shard`.

use shared::limits::NAME_BYTES_MAX;

use crate::base::text::{self, Look, NotAllowed};

/// A name that can be shown to others: 1..=[`NAME_BYTES_MAX`] bytes on one line, without invisible characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlayerName(String);

/// Reasons for refusing a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// The name is empty after trimming.
    #[error("the name is empty; allowed are 1 to {NAME_BYTES_MAX} bytes")]
    Empty,
    /// The name is too long.
    #[error("the name has {length} bytes; allowed are 1 to {NAME_BYTES_MAX}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A character that is invisible, or that changes the look of others.
    #[error(
        "the name holds U+{:04X}, which is {}; allowed are letters with at most two marks each, digits, punctuation, \
             symbols, emoji and single spaces",
        u32::from(*character),
        why.words()
    )]
    NotAllowed {
        /// The first such character.
        character: char,
        /// Its class.
        why: NotAllowed,
    },
    /// The name looks like that of the host or its staff.
    #[error("the name looks like \"{name}\", which is the server's own; choose another")]
    Reserved {
        /// The reserved name that it looks like.
        name: &'static str,
    },
    /// The name looks like the server's name.
    #[error("the name looks like the server's; choose another")]
    LikeServer,
}

/// Names that players would trust as the host's. They are compared without case, decoration and numbers.
const RESERVED: [&str; 12] = [
    "Server",
    "Admin",
    "Administrator",
    "Mod",
    "Moderator",
    "System",
    "Host",
    "Operator",
    "Console",
    "Staff",
    "Official",
    "Ricochet",
];

impl PlayerName {
    /// Checks the name in `text`; the result has single spaces inside and none around it. `server` is the server's name.
    ///
    /// # Errors
    /// When the name is empty, too long, not readable, or looks like a reserved name or the server's.
    pub fn parse(text: &str, server: &str) -> Result<Self, NameError> {
        let name = Self::readable(text)?;
        let look = Look::of_letters(&name.0);
        if let Some(name) = RESERVED.into_iter().find(|reserved| look.is_like(&Look::of(reserved))) {
            return Err(NameError::Reserved { name });
        }
        let server = Look::of_letters(server);
        if !server.is_empty() && look.is_like(&server) {
            return Err(NameError::LikeServer);
        }
        Ok(name)
    }

    /// Checks a name from a trusted source, the issuer of accounts: it must be readable, but may look like the server's.
    ///
    /// # Errors
    /// When the name is empty, too long or not readable.
    pub fn readable(text: &str) -> Result<Self, NameError> {
        let name = text::check(text).map_err(|(character, why)| NameError::NotAllowed { character, why })?;
        match name.len() {
            0 => Err(NameError::Empty),
            1..=NAME_BYTES_MAX => Ok(Self(name)),
            length => Err(NameError::TooLong { length }),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PlayerName, NameError> {
        PlayerName::parse(text, "Ann's arena")
    }

    #[test]
    fn usual_names_are_kept_and_trimmed() {
        for (text, name) in [
            ("Ann", "Ann"),
            ("  Bob  ", "Bob"),
            ("Zoë 🚀", "Zoë 🚀"),
            ("李雷", "李雷"),
            ("Ann\u{3000}\u{A0} Lee", "Ann Lee"),
            ("👩‍🚀", "👩‍🚀"),
            ("x_X", "x_X"),
            ("Адам", "Адам"),
        ] {
            assert_eq!(parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn length_is_limited_in_bytes_on_both_sides() {
        assert!(parse(&"x".repeat(NAME_BYTES_MAX)).is_ok());
        assert_eq!(parse(&"x".repeat(NAME_BYTES_MAX + 1)), Err(NameError::TooLong { length: 25 }));
        assert_eq!(parse(&"李".repeat(9)), Err(NameError::TooLong { length: 27 }));
        assert_eq!(parse(" \t "), Err(NameError::Empty));
        assert_eq!(parse("\u{3000}"), Err(NameError::Empty));
    }

    #[test]
    fn names_that_hide_or_reorder_are_refused_with_the_character() {
        for character in [
            '\0',
            '\n',
            '\u{7f}',
            '\u{202E}',
            '\u{2066}',
            '\u{200B}',
            '\u{61C}',
            '\u{200C}',
            '\u{AD}',
            '\u{34F}',
            '\u{115F}',
            '\u{1160}',
            '\u{3164}',
            '\u{FFA0}',
            '\u{2800}',
            '\u{180E}',
            '\u{FE0F}',
            '\u{E0041}',
            '\u{200D}',
            '\u{E000}',
            '\u{378}',
            '\u{FFFF}',
            '\u{1D159}',
        ] {
            for text in [format!("a{character}b"), format!("a {character}b")] {
                let error = parse(&text).unwrap_err();
                assert!(
                    matches!(error, NameError::NotAllowed { character: found, .. } if found == character),
                    "{text:?}: {error}"
                );
            }
            assert!(parse(&character.to_string()).is_err(), "U+{:04X} alone", u32::from(character));
        }
        let text = parse("\u{3164}").unwrap_err().to_string();
        assert!(text.starts_with("the name holds U+3164, which is invisible; allowed are letters"), "{text}");
        assert!(parse("\u{301}").is_err() && parse("a\u{301}\u{301}\u{301}").is_err());
    }

    #[test]
    fn names_of_the_server_are_refused_however_they_are_written() {
        for text in [
            "Server",
            "SERVER",
            "Ѕеrvеr",
            "[Admin]",
            "Аdmin",
            "admin 2",
            "Ａｄｍｉｎ",
            "Mod",
            "H0st",
            "Ann's Arena",
            "ANNSARENA",
        ] {
            let error = parse(text).unwrap_err();
            assert!(matches!(error, NameError::Reserved { .. } | NameError::LikeServer), "{text}: {error}");
        }
        for text in ["Observer", "Madmin", "Modesty", "Ann", "7", "..."] {
            assert!(parse(text).is_ok(), "{text}");
        }
        assert!(PlayerName::parse("...", "---").is_ok(), "nothing is like a name without letters");
        assert!(PlayerName::readable("Admin").is_ok());
    }
}

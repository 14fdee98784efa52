//! What a player may be called.
//!
//! A name is one line that can be read, and nobody takes it for the server's. That no two players of a room have names that
//! look alike is the room's business: see `crate::shard`, where the second "Ann" becomes "Ann 2".

use shared::limits::NAME_BYTES_MAX;

use crate::base::text::{self, Look, NotAllowed};

/// A name that can be shown to others: 1..=[`NAME_BYTES_MAX`] bytes on one line, all of it to be seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlayerName(String);

/// Why a name is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameError {
    /// Nothing is left of it after trimming.
    #[error("the name is empty; allowed are 1 to {NAME_BYTES_MAX} bytes")]
    Empty,
    /// Longer than a name may be.
    #[error("the name has {length} bytes; allowed are 1 to {NAME_BYTES_MAX}")]
    TooLong {
        /// Bytes it has.
        length: usize,
    },
    /// A character that cannot be seen, or that changes how others are.
    #[error(
        "the name holds U+{:04X}, which is {}; allowed are letters with at most two marks each, digits, punctuation, \
             symbols, emoji and single spaces",
        u32::from(*character),
        why.words()
    )]
    NotAllowed {
        /// The first one found.
        character: char,
        /// Its class.
        why: NotAllowed,
    },
    /// Others would take its bearer for the host.
    #[error("the name looks like \"{name}\", which is the server's own; choose another")]
    Reserved {
        /// What it looks like.
        name: &'static str,
    },
    /// Others would take its bearer for the server.
    #[error("the name looks like the server's; choose another")]
    LikeServer,
}

/// Who speaks with authority, on the page or in the minds of players. Compared without case, decoration and numbers.
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
    /// The name in `text`, with single spaces inside and none around it.
    ///
    /// # Errors
    /// When others could not read it, or would take it for the server's, which is called `server`.
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

    /// A name that somebody trusted vouches for: it has to be readable, and may be like the server's.
    ///
    /// # Errors
    /// When others could not read it.
    pub fn readable(text: &str) -> Result<Self, NameError> {
        let name = text::check(text).map_err(|(character, why)| NameError::NotAllowed { character, why })?;
        match name.len() {
            0 => Err(NameError::Empty),
            1..=NAME_BYTES_MAX => Ok(Self(name)),
            length => Err(NameError::TooLong { length }),
        }
    }

    /// The name.
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

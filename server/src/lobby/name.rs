//! What a player may be called.

use shared::limits::NAME_BYTES_MAX;

/// A name that can be shown to others: 1..=[`NAME_BYTES_MAX`] bytes on one line, nothing invisible at its ends.
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
    /// A character that cannot be seen, or that turns around what follows it.
    #[error("the name holds the character U+{:04X}; control and direction characters are not allowed", u32::from(*character))]
    Invisible {
        /// The first one found.
        character: char,
    },
}

impl PlayerName {
    /// The name in `text`, without spaces around it.
    ///
    /// # Errors
    /// When others could not read it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(NameError::Empty);
        }
        if name.len() > NAME_BYTES_MAX {
            return Err(NameError::TooLong { length: name.len() });
        }
        match name.chars().find(|&character| is_invisible(character)) {
            Some(character) => Err(NameError::Invisible { character }),
            None => Ok(Self(name.to_owned())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, and those of Unicode that hide or reorder their neighbours. The joiner U+200D stays: emoji use it.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_kept_and_trimmed() {
        for (text, name) in [("Ann", "Ann"), ("  Bob  ", "Bob"), ("Zoë 🚀", "Zoë 🚀"), ("李雷", "李雷")] {
            assert_eq!(PlayerName::parse(text).unwrap().as_str(), name);
        }
    }

    #[test]
    fn length_is_limited_in_bytes_on_both_sides() {
        assert!(PlayerName::parse(&"x".repeat(NAME_BYTES_MAX)).is_ok());
        assert_eq!(PlayerName::parse(&"x".repeat(NAME_BYTES_MAX + 1)), Err(NameError::TooLong { length: 25 }));
        assert_eq!(PlayerName::parse(&"李".repeat(9)), Err(NameError::TooLong { length: 27 }));
        assert_eq!(PlayerName::parse(" \t "), Err(NameError::Empty));
    }

    #[test]
    fn characters_that_hide_or_reorder_are_refused() {
        for character in ['\0', '\n', '\u{7f}', '\u{202E}', '\u{2066}', '\u{200B}'] {
            let text = format!("a{character}b");
            assert_eq!(PlayerName::parse(&text), Err(NameError::Invisible { character }));
        }
    }
}

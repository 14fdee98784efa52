//! The goodbye of a link: the reason of its end, as its peer receives it.

use shared::{
    limits::REASON_BYTES_MAX,
    wire::{DecodeError, DisconnectReason, ServerMessage},
};

use crate::{base::text, security::guard::Refused};

/// A reason, and its details in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Goodbye {
    /// The reason; also the close code.
    pub(crate) reason: DisconnectReason,
    /// Details, at most [`REASON_BYTES_MAX`] bytes.
    pub(crate) text: String,
}

impl Goodbye {
    /// `text` is cut to the wire's limit, and loses invisible characters.
    pub(crate) fn new(reason: DisconnectReason, text: impl Into<String>) -> Self {
        let text = text::clean(&text.into()).unwrap_or_default();
        Self { reason, text: cut(&text, REASON_BYTES_MAX).to_owned() }
    }

    /// Encodes it as a message for the reliable channel.
    pub(crate) fn encode(&self, bytes: &mut Vec<u8>) {
        ServerMessage::Goodbye { reason: self.reason, text: self.text.clone() }.encode(bytes);
    }
}

impl From<DecodeError> for Goodbye {
    fn from(error: DecodeError) -> Self {
        let reason = match error {
            DecodeError::VersionMismatch { .. } => DisconnectReason::VersionMismatch,
            _ => DisconnectReason::BadMessage,
        };
        Self::new(reason, error.to_string())
    }
}

impl From<Refused> for Goodbye {
    fn from(refused: Refused) -> Self {
        let reason = match refused {
            Refused::TooMuch { .. } => DisconnectReason::Overloaded,
            Refused::Banned { .. } => DisconnectReason::Kicked,
        };
        Self::new(reason, refused.to_string())
    }
}

/// The longest prefix of `text` within `limit` bytes.
pub(crate) fn cut(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(cut("aé", 2), "a");
        assert_eq!(cut("aé", 3), "aé");
        assert_eq!(cut("", 3), "");
    }

    #[test]
    fn any_text_makes_a_goodbye_that_the_client_can_read() {
        let goodbye = Goodbye::new(DisconnectReason::ShuttingDown, format!("\u{7}{}", "ü".repeat(1_000)));
        let mut bytes = Vec::new();
        goodbye.encode(&mut bytes);
        let read = ServerMessage::decode(&bytes).unwrap();
        assert_eq!(read, ServerMessage::Goodbye { reason: goodbye.reason, text: goodbye.text });
    }

    #[test]
    fn version_mismatch_names_both_versions() {
        let goodbye = Goodbye::from(DecodeError::VersionMismatch { theirs: 7, ours: 1 });
        assert_eq!(goodbye.reason, DisconnectReason::VersionMismatch);
        assert!(goodbye.text.contains('7') && goodbye.text.contains('1'), "{}", goodbye.text);
    }
}

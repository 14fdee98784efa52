//! The error of a link, whatever transport it is on.

use shared::wire::{DecodeError, DisconnectReason};

/// The reason why a link failed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkError {
    /// The server closed the link with a code of the protocol.
    #[error("closed by the server: {} ({text})", reason.label())]
    Closed {
        /// The reason that the code stands for.
        reason: DisconnectReason,
        /// The text that came with the code.
        text: String,
    },
    /// The link was lost or could not be opened.
    #[error("{0}")]
    Lost(String),
    /// The server sent bytes that are no valid frame.
    #[error("the server broke the framing: {0}")]
    Framing(DecodeError),
}

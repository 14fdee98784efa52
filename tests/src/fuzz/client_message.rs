//! Whatever a client sends is read or refused, and what was read is written to bytes that mean the same.

use shared::{limits::CLIENT_MESSAGE_BYTES_MAX, wire::ClientMessage};

/// `data` is one message.
pub fn run(data: &[u8]) {
    let Ok(message) = ClientMessage::decode(data) else { return };
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert!(bytes.len() <= CLIENT_MESSAGE_BYTES_MAX, "{} bytes for {message:?}", bytes.len());
    assert_eq!(ClientMessage::decode(&bytes), Ok(message));
}

//! Whatever a server sends is read or refused, and what was read is written to bytes that mean the same.

use shared::wire::ServerMessage;

/// `data` is one message.
pub fn run(data: &[u8]) {
    let Ok(message) = ServerMessage::decode(data) else { return };
    if matches!(message, ServerMessage::Snapshot | ServerMessage::PlainSnapshot) {
        // Their content is read by a view: see the target `snapshot`.
        return;
    }
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(ServerMessage::decode(&bytes), Ok(message));
}

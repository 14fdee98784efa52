//! Any client message is decoded or refused, and a decoded message encodes to bytes with the same meaning.

use arena::input::Input;
use shared::{
    limits::CLIENT_MESSAGE_BYTES_MAX,
    wire::{ClientMessage, InputBytes},
};

/// `data` is one message.
pub fn run(data: &[u8]) {
    let Ok(message) = ClientMessage::decode(data) else { return };
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert!(bytes.len() <= CLIENT_MESSAGE_BYTES_MAX, "{} bytes for {message:?}", bytes.len());
    assert_eq!(ClientMessage::decode(&bytes), Ok(message));
    if let ClientMessage::Input(input) = message
        && let Ok(inputs) = input.decode::<Input>()
    {
        let bytes = inputs.encoded();
        assert!(bytes.len() <= CLIENT_MESSAGE_BYTES_MAX, "{} bytes for {inputs:?}", bytes.len());
        assert_eq!(InputBytes::new(&bytes).decode(), Ok(inputs));
    }
}

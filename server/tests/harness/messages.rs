//! Messages as bytes, and with their lengths for a stream.

use arena::input::Input;
use bytes::{Buf, Bytes, BytesMut};
use shared::{
    Tick,
    limits::PROTOCOL_VERSION,
    wire::{Ack, ClientMessage, Hello, InputMessage},
};

pub(super) fn take_message(partial: &mut BytesMut) -> Option<Bytes> {
    let length = u32::from_be_bytes(*partial.first_chunk::<4>()?) as usize;
    if partial.len() < 4 + length {
        return None;
    }
    partial.advance(4);
    Some(partial.split_to(length).freeze())
}

pub(super) fn framed(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u32).to_be_bytes()[..], message].concat()
}

pub fn hello(ticket: &str) -> ClientMessage<'_> {
    ClientMessage::Hello(Hello { plain: false, name: "ann", ticket })
}

/// A hello of another version, so that only the version in it is readable.
pub fn hello_of_version(version: u8) -> Vec<u8> {
    assert_ne!(u16::from(version), PROTOCOL_VERSION);
    vec![0x93, 0x00, version, 0xc3]
}

/// An input for a tick, as bytes.
pub fn input(tick: Tick) -> Vec<u8> {
    InputMessage::new(tick, Ack::default(), 0, [Input::default()]).encoded()
}

pub(super) fn encoded(message: &ClientMessage<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    bytes
}

//! Decodes messages completely, as their receivers do: the engine's part first, then the game's.

use arena::{event::Event, input::Input, rules::Terrain};
use shared::{
    TickRate,
    wire::{ClientMessage, DecodeError, ServerMessage},
};

/// Ticks per second of every room here.
pub(crate) fn rate() -> TickRate {
    TickRate::new(30).expect("in range")
}

/// Reads a message as the server does, inputs included.
pub(crate) fn from_client(bytes: &[u8]) -> Result<(), DecodeError> {
    match ClientMessage::decode(bytes)? {
        ClientMessage::Input(input) => input.decode::<Input>().map(drop),
        _ => Ok(()),
    }
}

/// Reads a message as a client does, map and events of the game included.
pub(crate) fn from_server(bytes: &[u8]) -> Result<(), DecodeError> {
    match ServerMessage::decode(bytes)? {
        ServerMessage::Map(message) => message.map::<Terrain>(rate()).map(drop),
        ServerMessage::GameEvents(events) => events.decode::<Event>().map(drop),
        _ => Ok(()),
    }
}

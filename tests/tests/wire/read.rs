//! Messages read to the bottom, as their receivers do: the engine's part first, then what a game put into it.

use shared::{
    TickRate,
    game::{Game, MapOf},
    wire::{ClientMessage, DecodeError, ServerMessage},
};

/// Reads a message as the server does, inputs included.
pub(crate) fn from_client<G: Game>(bytes: &[u8]) -> Result<(), DecodeError> {
    match ClientMessage::decode(bytes)? {
        ClientMessage::Input(input) => input.decode::<G::Input>().map(drop),
        _ => Ok(()),
    }
}

/// Reads a message as a client does, map and events of the game included.
pub(crate) fn from_server<G: Game>(bytes: &[u8]) -> Result<(), DecodeError> {
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    match ServerMessage::decode(bytes)? {
        ServerMessage::Map(message) => message.map::<MapOf<G>>(rate).map(drop),
        ServerMessage::GameEvents(events) => events.decode::<G::Event>().map(drop),
        _ => Ok(()),
    }
}

//! The outputs of a client: messages to send, events, and the end of the session.

use shared::{
    Tick,
    wire::{DisconnectReason, Event, SessionMessage},
};

/// A message to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// The delivery that it needs.
    pub channel: Channel,
    /// The encoded message.
    pub bytes: Vec<u8>,
}

/// The delivery a message asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// In order and without loss: the stream.
    Reliable,
    /// Without order, and it may be lost: a datagram.
    Unreliable,
}

/// An event that an owner may want to react to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEvent<E> {
    /// The session is open; [`crate::Client::welcome`] has the details.
    Joined,
    /// The token with which to resume the session after the link is lost. The newest one is valid.
    Session(SessionMessage),
    /// The view is on another map now.
    MapChanged,
    /// An event of the room. The roster has handled it already.
    Room {
        /// The tick of the event.
        tick: Tick,
        /// The event.
        event: Event,
    },
    /// An event of the game. The board has handled it already.
    Game {
        /// The tick of the event.
        tick: Tick,
        /// The event.
        event: E,
    },
    /// The session is over; the link can be closed with the reason's code once all output is sent.
    Ended(Ending),
}

/// The end of a session.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// The reason, for a program.
    pub reason: DisconnectReason,
    /// The reason in words, for the player.
    pub text: String,
}

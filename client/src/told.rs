//! What a client hands its owner: messages to send, things that happened, and the end.

use shared::{
    Tick,
    wire::{DisconnectReason, Event, SessionMessage},
};

/// A message to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Output {
    /// How.
    pub channel: Channel,
    /// What.
    pub bytes: Vec<u8>,
}

/// The delivery a message asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// In order and surely.
    Reliable,
    /// Now or never.
    Unreliable,
}

/// What an owner may want to react to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ClientEvent<E> {
    /// The session is open; [`crate::Client::welcome`] says more.
    Joined,
    /// How to come back when the link is lost; the newest counts.
    Session(SessionMessage),
    /// The view is on another map now.
    MapChanged,
    /// Something happened in the room; the roster has it already.
    Room {
        /// When.
        tick: Tick,
        /// What.
        event: Event,
    },
    /// Something happened in the game; the board has it already.
    Game {
        /// When.
        tick: Tick,
        /// What.
        event: E,
    },
    /// The session is over; the link can be closed with the reason's code once all output is sent.
    Ended(Ending),
}

/// Why a session is over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending {
    /// What kind of reason.
    pub reason: DisconnectReason,
    /// The same in words.
    pub text: String,
}

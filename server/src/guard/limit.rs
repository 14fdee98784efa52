//! What is limited, under the names that settings, metrics and refusals share.

use std::time::Duration;

/// Something an address or a network may have or do only so much of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// Connections at once, of HTTP and of players.
    Connections,
    /// Connections at once that have not yet said what they want.
    HalfOpen,
    /// Join tickets at once that nobody has used.
    Tickets,
    /// Players and spectators at once.
    Players,
    /// New connections a minute.
    NewConnections,
    /// Joins a minute.
    Joins,
    /// QUIC handshakes a second.
    Handshakes,
    /// Bytes a second.
    Bytes,
    /// Messages a second.
    Messages,
    /// HTTP requests a second.
    Requests,
    /// Bytes of answers to them a second.
    Answers,
    /// HTTP connections at once, as a share of those that are left.
    Places,
    /// Packets a second of one link.
    Packets,
    /// Inputs a tick of one link.
    Inputs,
    /// Different addresses the server keeps in mind.
    Addresses,
    /// None of its connections is wanted.
    Banned,
}

/// What is held until it is given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    Connection,
    HalfOpen,
    Ticket,
    Player,
}

/// What happens at a rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paced {
    Connect,
    Join,
    Handshake,
    Byte,
    Message,
    /// In parts, see [`REQUEST_PARTS`].
    Request,
    AnswerByte,
}

/// What a request to the API costs in parts of one; a file of the page costs one part, for it is in memory as it is sent.
pub(super) const REQUEST_PARTS: u32 = 4;

impl Limit {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Connections,
        Self::HalfOpen,
        Self::Tickets,
        Self::Players,
        Self::NewConnections,
        Self::Joins,
        Self::Handshakes,
        Self::Bytes,
        Self::Messages,
        Self::Requests,
        Self::Answers,
        Self::Places,
        Self::Packets,
        Self::Inputs,
        Self::Addresses,
        Self::Banned,
    ];

    /// One word for metrics and programs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::HalfOpen => "half_open",
            Self::Tickets => "tickets",
            Self::Players => "players",
            Self::NewConnections => "new_connections",
            Self::Joins => "joins",
            Self::Handshakes => "handshakes",
            Self::Bytes => "bytes",
            Self::Messages => "messages",
            Self::Requests => "requests",
            Self::Answers => "answers",
            Self::Places => "places",
            Self::Packets => "packets",
            Self::Inputs => "inputs",
            Self::Addresses => "addresses",
            Self::Banned => "banned",
        }
    }

    /// The same for people.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Connections => "connections at once",
            Self::HalfOpen => "connections that have not said what they want",
            Self::Tickets => "unused tickets",
            Self::Players => "players at once",
            Self::NewConnections => "new connections a minute",
            Self::Joins => "joins a minute",
            Self::Handshakes => "handshakes a second",
            Self::Bytes => "bytes a second",
            Self::Messages => "messages a second",
            Self::Requests => "requests a second",
            Self::Answers => "bytes of answers a second",
            Self::Places => "HTTP connections while few are left",
            Self::Packets => "packets a second",
            Self::Inputs => "inputs a tick",
            Self::Addresses => "addresses",
            Self::Banned => "connections",
        }
    }
}

impl Held {
    pub(super) const ALL: [Self; 4] = [Self::Connection, Self::HalfOpen, Self::Ticket, Self::Player];

    pub(super) const fn limit(self) -> Limit {
        match self {
            Self::Connection => Limit::Connections,
            Self::HalfOpen => Limit::HalfOpen,
            Self::Ticket => Limit::Tickets,
            Self::Player => Limit::Players,
        }
    }
}

impl Paced {
    pub(super) const ALL: [Self; 7] =
        [Self::Connect, Self::Join, Self::Handshake, Self::Byte, Self::Message, Self::Request, Self::AnswerByte];

    pub(super) const fn limit(self) -> Limit {
        match self {
            Self::Connect => Limit::NewConnections,
            Self::Join => Limit::Joins,
            Self::Handshake => Limit::Handshakes,
            Self::Byte => Limit::Bytes,
            Self::Message => Limit::Messages,
            Self::Request => Limit::Requests,
            Self::AnswerByte => Limit::Answers,
        }
    }

    /// What the number in the settings counts in.
    pub(super) const fn period(self) -> Duration {
        match self {
            Self::Connect | Self::Join => Duration::from_secs(60),
            Self::Handshake | Self::Byte | Self::Message | Self::Request | Self::AnswerByte => Duration::from_secs(1),
        }
    }

    /// Periods' worth that may come at once: a class that begins together, a link that comes back after a stall.
    pub(super) const fn burst(self) -> u32 {
        match self {
            Self::Connect | Self::Join => 1,
            Self::Handshake | Self::Byte | Self::Message | Self::Request | Self::AnswerByte => 5,
        }
    }

    /// Into how many parts one of the settings' number is divided.
    pub(super) const fn parts(self) -> u32 {
        match self {
            Self::Request => REQUEST_PARTS,
            Self::Connect | Self::Join | Self::Handshake | Self::Byte | Self::Message | Self::AnswerByte => 1,
        }
    }
}

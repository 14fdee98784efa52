//! The things that are limited, under the names that settings, metrics and errors share.

use std::time::Duration;

/// A thing whose number or rate is limited for each address and network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Limit {
    /// Open connections, of HTTP and of players.
    Connections,
    /// Open connections that have not sent a request or hello yet.
    HalfOpen,
    /// Join tickets that are not used yet.
    Tickets,
    /// Players and spectators.
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
    /// Bytes of HTTP responses a second.
    Answers,
    /// Open HTTP connections, as a share of those that are free.
    Places,
    /// Packets a second of one link.
    Packets,
    /// Inputs a tick of one link.
    Inputs,
    /// Different addresses in the table.
    Addresses,
    /// The network is banned: no connections at all.
    Banned,
}

/// Limits on a number of things that are held until they are released.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Held {
    Connection,
    HalfOpen,
    Ticket,
    Player,
}

/// Limits on a rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paced {
    Connect,
    Join,
    Handshake,
    Byte,
    Message,
    /// Counted in parts, see [`REQUEST_PARTS`].
    Request,
    AnswerByte,
}

/// Parts that a request to the API costs. A file of the page costs one part, because it is in memory in the form it is sent.
pub(super) const REQUEST_PARTS: u32 = 4;

impl Limit {
    /// All limits.
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

    /// The name in metrics and in JSON.
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

    /// The limit in words, after its number.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Connections => "connections at once",
            Self::HalfOpen => "connections without a request",
            Self::Tickets => "unused tickets",
            Self::Players => "players at once",
            Self::NewConnections => "new connections a minute",
            Self::Joins => "joins a minute",
            Self::Handshakes => "handshakes a second",
            Self::Bytes => "bytes a second",
            Self::Messages => "messages a second",
            Self::Requests => "requests a second",
            Self::Answers => "bytes of responses a second",
            Self::Places => "HTTP connections while few are free",
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

    /// The period that the number in the settings is for.
    pub(super) const fn period(self) -> Duration {
        match self {
            Self::Connect | Self::Join => Duration::from_secs(60),
            Self::Handshake | Self::Byte | Self::Message | Self::Request | Self::AnswerByte => Duration::from_secs(1),
        }
    }

    /// Size of a burst, in periods: a class that starts together, or a link that continues after a stall.
    pub(super) const fn burst(self) -> u32 {
        match self {
            Self::Connect | Self::Join => 1,
            Self::Handshake | Self::Byte | Self::Message | Self::Request | Self::AnswerByte => 5,
        }
    }

    /// Parts that one unit of the settings' number is divided into.
    pub(super) const fn parts(self) -> u32 {
        match self {
            Self::Request => REQUEST_PARTS,
            Self::Connect | Self::Join | Self::Handshake | Self::Byte | Self::Message | Self::AnswerByte => 1,
        }
    }
}

//! Why links end.

/// Why a link ends. The number is also the QUIC application close code; WebSocket closes with 4000 plus it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum DisconnectReason {
    /// The client left.
    Left = 0,
    /// Another protocol version; the text names both.
    VersionMismatch = 1,
    /// A message that cannot be read; the text says what was wrong.
    BadMessage = 2,
    /// The ticket is unknown, used or expired.
    BadTicket = 3,
    /// No seat is free.
    RoomFull = 4,
    /// Nothing was heard for too long.
    TimedOut = 5,
    /// More messages than allowed.
    TooFast = 6,
    /// The link stayed blocked for too long.
    TooSlow = 7,
    /// The server ends.
    ShuttingDown = 8,
    /// The room was closed.
    RoomClosed = 9,
    /// Removed by a host.
    Kicked = 10,
    /// The server cannot take more.
    Overloaded = 11,
    /// The first message was no hello, or a second hello came.
    OutOfOrder = 12,
    /// A fault of the server.
    Internal = 13,
    /// The same player goes on over another link.
    ResumedElsewhere = 14,
    /// What the token was for is over, or the token has been used; only a new join helps.
    SessionOver = 15,
    /// The ticket or token is for another shard; the text names it.
    WrongShard = 16,
}

impl DisconnectReason {
    const ALL: [Self; 17] = [
        Self::Left,
        Self::VersionMismatch,
        Self::BadMessage,
        Self::BadTicket,
        Self::RoomFull,
        Self::TimedOut,
        Self::TooFast,
        Self::TooSlow,
        Self::ShuttingDown,
        Self::RoomClosed,
        Self::Kicked,
        Self::Overloaded,
        Self::OutOfOrder,
        Self::Internal,
        Self::ResumedElsewhere,
        Self::SessionOver,
        Self::WrongShard,
    ];

    /// The reason of a wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The wire code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// One word for metrics and logs.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::VersionMismatch => "version_mismatch",
            Self::BadMessage => "bad_message",
            Self::BadTicket => "bad_ticket",
            Self::RoomFull => "room_full",
            Self::TimedOut => "timed_out",
            Self::TooFast => "too_fast",
            Self::TooSlow => "too_slow",
            Self::ShuttingDown => "shutting_down",
            Self::RoomClosed => "room_closed",
            Self::Kicked => "kicked",
            Self::Overloaded => "overloaded",
            Self::OutOfOrder => "out_of_order",
            Self::Internal => "internal",
            Self::ResumedElsewhere => "resumed_elsewhere",
            Self::SessionOver => "session_over",
            Self::WrongShard => "wrong_shard",
        }
    }
}

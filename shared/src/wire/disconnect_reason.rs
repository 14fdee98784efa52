//! The reasons why links end, with their wire codes.

/// The reason why a link ends. Its number is also the QUIC application close code; the WebSocket close code is 4000 plus the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum DisconnectReason {
    /// The client left.
    Left = 0,
    /// The client has another protocol version; the text names both.
    VersionMismatch = 1,
    /// The client sent an invalid message; the text names the error.
    BadMessage = 2,
    /// The ticket is unknown, used or expired.
    BadTicket = 3,
    /// No seat is free.
    RoomFull = 4,
    /// The peer sent nothing for too long.
    TimedOut = 5,
    /// The client sent more messages than allowed.
    TooFast = 6,
    /// The link stayed blocked for too long.
    TooSlow = 7,
    /// The server is shutting down.
    ShuttingDown = 8,
    /// The room was closed.
    RoomClosed = 9,
    /// The host removed the player.
    Kicked = 10,
    /// The server has no capacity for more players.
    Overloaded = 11,
    /// The first message was not a hello, or a second hello came.
    OutOfOrder = 12,
    /// A bug in the server.
    Internal = 13,
    /// The player resumed the session on another link.
    ResumedElsewhere = 14,
    /// The session of the token is over, or the token was used before; the player must join again.
    SessionOver = 15,
    /// The ticket or token is for another shard; the text names it.
    WrongShard = 16,
    /// The game of the room broke its contract or panicked, and the room ended; the text says so.
    RoomFailed = 17,
}

impl DisconnectReason {
    const ALL: [Self; 18] = [
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
        Self::RoomFailed,
    ];

    /// The reason with a wire code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// The wire code.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The label in metrics and logs.
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
            Self::RoomFailed => "room_failed",
        }
    }
}

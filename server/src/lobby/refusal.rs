//! Refusals of players' requests: each cause has an HTTP status, a label and a sentence.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use metrics::counter;
use serde_json::json;
use shared::RoomId;

use super::name::NameError;
use crate::{
    directory::ReserveError,
    security::{accounts::AccountError, guard::Refused},
};

/// The cause of a refusal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// The request cannot be understood.
    #[error("{0}")]
    BadRequest(String),
    /// The request's body is not announced as JSON.
    #[error("the body must be JSON, with the header content-type: application/json")]
    NotJson,
    /// The request's body is too long.
    #[error("the body is too long; at most {limit} bytes are read")]
    TooLarge {
        /// Most bytes that are read.
        limit: usize,
    },
    /// The request took too long to arrive or to be answered.
    #[error("the request took too long")]
    TimedOut,
    /// The name is not allowed.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The game has no such mode.
    #[error("{0}")]
    UnknownMode(String),
    /// There is no such game.
    #[error("{0}")]
    UnknownGame(String),
    /// The requested room plays another game.
    #[error("room {} plays {played}, not {wanted}", room.0)]
    OtherGame {
        /// The room.
        room: RoomId,
        /// The game that it plays.
        played: &'static str,
        /// The requested game.
        wanted: &'static str,
    },
    /// The requested room plays another mode.
    #[error("room {} plays {played}, not {wanted}", room.0)]
    OtherMode {
        /// The room.
        room: RoomId,
        /// The mode that it plays.
        played: &'static str,
        /// The requested mode.
        wanted: &'static str,
    },
    /// There is no such room.
    #[error("there is no room {}; GET /api/rooms lists those that are open", room.0)]
    UnknownRoom {
        /// The requested room.
        room: RoomId,
    },
    /// The settings allow no spectators.
    #[error("nobody may watch on this server")]
    SpectatorsOff,
    /// The room is younger than the delay of spectators, so there is nothing to show yet.
    #[error("room {} is shown {delay_secs} s late and has just opened; try again in {wait_secs} s", room.0)]
    NothingYet {
        /// The room.
        room: RoomId,
        /// Delay of the spectators' view, in seconds.
        delay_secs: u32,
        /// Seconds until the room can be watched.
        wait_secs: u32,
    },
    /// A player of the same address or account is in the room.
    #[error("somebody of your address or account plays in room {}, and nobody watches the match that it plays in", room.0)]
    OwnMatch {
        /// The room.
        room: RoomId,
    },
    /// The game has no page.
    #[error("{game} has no page on this server: programs play it; GET /status shows its rooms")]
    NoPage {
        /// The game.
        game: &'static str,
    },
    /// There is nothing at this path.
    #[error("there is nothing here; GET /api/server, GET /api/rooms and POST /api/join are")]
    UnknownPath,
    /// The path does not accept this method.
    #[error("this address does not take {0}")]
    WrongMethod(String),
    /// No place could be reserved.
    #[error(transparent)]
    NoSeat(#[from] ReserveError),
    /// All rooms are full, and no further room may open.
    #[error("all {rooms_max} rooms are full")]
    AllRoomsFull {
        /// Most rooms at once.
        rooms_max: u32,
    },
    /// No room is open that plays the requested game and mode.
    #[error("there is no room to watch")]
    NothingToWatch,
    /// The client's address or network is at a limit, or banned.
    #[error(transparent)]
    Guarded(#[from] Refused),
    /// The shards take no new players now.
    #[error("the server is overloaded; try again in a moment")]
    Overloaded,
    /// A shard has panicked and its rooms are being brought back.
    #[error("the server is bringing its rooms back after a fault; try again in a moment")]
    Recovering,
    /// The server is about to end.
    #[error("the server is shutting down")]
    Draining,
    /// An account is required, or its token is not valid.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// A page of another site.
    #[error("pages of {origin} may not play here")]
    WrongOrigin {
        /// The origin of the page.
        origin: String,
    },
    /// A request to `/play` that is not a WebSocket upgrade.
    #[error("this address speaks WebSocket only")]
    UpgradeRequired,
}

impl Refusal {
    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_)
            | Self::Name(_)
            | Self::UnknownGame(_)
            | Self::OtherGame { .. }
            | Self::UnknownMode(_)
            | Self::OtherMode { .. } => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Account(_) => StatusCode::UNAUTHORIZED,
            Self::WrongOrigin { .. } | Self::SpectatorsOff | Self::OwnMatch { .. } => StatusCode::FORBIDDEN,
            Self::UnknownRoom { .. } | Self::NothingToWatch | Self::NoPage { .. } | Self::UnknownPath => {
                StatusCode::NOT_FOUND
            }
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::NoSeat(_) | Self::AllRoomsFull { .. } => StatusCode::CONFLICT,
            Self::Guarded(refused) => refused.status(),
            Self::Overloaded | Self::Recovering | Self::Draining | Self::NothingYet { .. } => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
        }
    }

    /// One word for programs.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "bad_request",
            Self::NotJson => "not_json",
            Self::TooLarge { .. } => "too_large",
            Self::TimedOut => "timed_out",
            Self::Name(_) => "bad_name",
            Self::UnknownGame(_) => "unknown_game",
            Self::OtherGame { .. } => "other_game",
            Self::UnknownMode(_) => "unknown_mode",
            Self::OtherMode { .. } => "other_mode",
            Self::UnknownRoom { .. } => "unknown_room",
            Self::NoPage { .. } => "no_page",
            Self::UnknownPath => "unknown_path",
            Self::WrongMethod(_) => "wrong_method",
            Self::NoSeat(ReserveError::RoomFull { .. }) => "room_full",
            Self::NoSeat(ReserveError::Crowded { .. }) => "room_crowded",
            Self::NoSeat(ReserveError::RoomClosed { .. }) => "room_closed",
            Self::NoSeat(ReserveError::ServerFull { .. }) => "server_full",
            Self::AllRoomsFull { .. } => "rooms_full",
            Self::NothingToWatch => "nothing_to_watch",
            Self::SpectatorsOff => "spectators_off",
            Self::NothingYet { .. } => "nothing_yet",
            Self::OwnMatch { .. } => "own_match",
            Self::Guarded(refused) => refused.label(),
            Self::Overloaded => "overloaded",
            Self::Recovering => "recovering",
            Self::Draining => "draining",
            Self::Account(AccountError::Required) => "account_required",
            Self::Account(_) => "bad_account",
            Self::WrongOrigin { .. } => "wrong_origin",
            Self::UpgradeRequired => "upgrade_required",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        counter!("ricochet_refusals_total", "reason" => self.label()).increment(1);
        let body = match &self {
            Self::Guarded(refused) => refused.body(),
            _ => json!({ "error": self.label(), "message": self.to_string() }),
        };
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            // Section 15.5.22 of RFC 9110 requires this header.
            Self::UpgradeRequired => {
                headers.insert("upgrade", "websocket".parse().expect("plain ASCII"));
            }
            // RFC 6750 section 3.
            Self::Account(_) => {
                headers.insert("www-authenticate", "Bearer".parse().expect("plain ASCII"));
            }
            Self::Overloaded | Self::Recovering => {
                headers.insert("retry-after", "1".parse().expect("plain ASCII"));
            }
            Self::NothingYet { wait_secs, .. } => {
                headers.insert("retry-after", wait_secs.into());
            }
            // About the time of a drain and a start.
            Self::Draining => {
                headers.insert("retry-after", "10".parse().expect("plain ASCII"));
            }
            Self::Guarded(refused) => {
                if let Some(secs) = refused.retry_after_secs() {
                    headers.insert("retry-after", secs.into());
                }
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests;

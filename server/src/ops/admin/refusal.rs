//! Refusals of administrators' requests: each cause has an HTTP status, a label and a sentence.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{config::ConfigError, security::guard::BanError, session::SessionId, shard::AskError};

/// The cause of a refusal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// No token is set, so nobody can be admitted.
    #[error(
        "no admin token is set: put one of 16 characters or more into a file and name it with --admin-token-file, \
             RICOCHET_ADMIN_TOKEN_FILE or token_file in [admin]"
    )]
    NoTokenSet,
    /// The request has no token.
    #[error("show a token: Authorization: Bearer TOKEN")]
    NoToken,
    /// The request has a wrong token.
    #[error("this token is not known")]
    BadToken,
    /// The network has sent too many wrong tokens.
    #[error("too many wrong tokens; try again in {} s", wait.as_secs() + 1)]
    TooManyTries {
        /// Time until another try is answered.
        wait: Duration,
    },
    /// The host in the request is not a name of this machine.
    #[error("this listener is for this machine only; open it as localhost or 127.0.0.1")]
    WrongHost,
    /// The request comes from a page of another host.
    #[error("pages of other hosts have no business here")]
    WrongOrigin,
    /// The request's body is not announced as JSON.
    #[error("the body must be JSON, with the header content-type: application/json")]
    NotJson,
    /// The request cannot be understood.
    #[error("{0}")]
    BadRequest(String),
    /// There is nothing at this path.
    #[error("there is nothing here; docs/admin.md lists the API")]
    UnknownPath,
    /// No session has this number.
    #[error("no session {session} is here")]
    UnknownSession {
        /// The requested session.
        session: SessionId,
    },
    /// The session to ban has no known address.
    #[error(
        "session {session} has had no link since the server started, so there is no address to ban; give the network"
    )]
    NoAddress {
        /// The requested session.
        session: SessionId,
    },
    /// A shard has refused the query or command.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The network was not banned.
    #[error("{0} is not banned")]
    NotBanned(String),
    /// The ban is refused, or cannot be saved.
    #[error(transparent)]
    Ban(#[from] BanError),
    /// A mute is in effect, but is not saved, so a restart ends it.
    #[error("{0}")]
    NotSaved(String),
    /// The settings cannot be read again.
    #[error(transparent)]
    Reload(#[from] ConfigError),
    /// Fields cannot be set on this server.
    #[error("fields can be set in development alone: start the server with dev = true or --dev true")]
    NotDev,
    /// A shard does not answer.
    #[error("shard {shard} does not answer")]
    Silent {
        /// The shard.
        shard: usize,
    },
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoTokenSet | Self::WrongHost | Self::WrongOrigin | Self::NotDev => StatusCode::FORBIDDEN,
            Self::NoToken | Self::BadToken => StatusCode::UNAUTHORIZED,
            Self::TooManyTries { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BadRequest(_) | Self::Ask(AskError::NotEdited { .. }) => StatusCode::BAD_REQUEST,
            Self::UnknownPath | Self::UnknownSession { .. } | Self::Ask(_) | Self::NotBanned(_) => {
                StatusCode::NOT_FOUND
            }
            Self::NotSaved(_) | Self::Ban(BanError::Unwritable { .. }) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoAddress { .. } | Self::Ban(_) | Self::Reload(_) => StatusCode::CONFLICT,
            Self::Silent { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// One word for programs.
    pub(super) fn label(&self) -> &'static str {
        match self {
            Self::NoTokenSet => "no_token_set",
            Self::NoToken => "no_token",
            Self::BadToken => "bad_token",
            Self::TooManyTries { .. } => "too_many_tries",
            Self::WrongHost => "wrong_host",
            Self::WrongOrigin => "wrong_origin",
            Self::NotJson => "not_json",
            Self::BadRequest(_) => "bad_request",
            Self::UnknownPath => "unknown_path",
            Self::UnknownSession { .. } => "unknown_session",
            Self::NoAddress { .. } => "no_address",
            Self::Ask(AskError::UnknownRoom { .. }) => "unknown_room",
            Self::Ask(AskError::UnknownMap { .. }) => "unknown_map",
            Self::Ask(AskError::NotEdited { .. }) => "not_edited",
            Self::NotDev => "not_dev",
            Self::NotBanned(_) => "not_banned",
            // The action is in effect, but a restart ends it.
            Self::NotSaved(_) | Self::Ban(BanError::Unwritable { .. }) => "not_saved",
            Self::Ban(_) => "ban_refused",
            Self::Reload(_) => "reload_refused",
            Self::Silent { .. } => "shard_silent",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.label(), "message": self.to_string() });
        let mut response = (self.status(), Json(body)).into_response();
        match self {
            Self::NoToken | Self::BadToken => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::TooManyTries { wait } => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
            }
            _ => {}
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use shared::RoomId;

    use super::*;

    #[test]
    fn every_refusal_is_documented_with_its_status() {
        let session = SessionId(1);
        let text = String::new;
        let (path, reason, wait) = (text(), text(), Duration::ZERO);
        let refusals = [
            Refusal::NoTokenSet,
            Refusal::NoToken,
            Refusal::BadToken,
            Refusal::TooManyTries { wait },
            Refusal::WrongHost,
            Refusal::WrongOrigin,
            Refusal::NotJson,
            Refusal::BadRequest(text()),
            Refusal::UnknownPath,
            Refusal::UnknownSession { session },
            Refusal::NoAddress { session },
            Refusal::Ask(AskError::UnknownRoom { room: RoomId(1) }),
            Refusal::Ask(AskError::UnknownMap { room: RoomId(1), map: text(), known: Vec::new() }),
            Refusal::NotBanned(text()),
            Refusal::Ban(BanError::Unwritable { path, reason }),
            Refusal::NotSaved(text()),
            Refusal::Ban(BanError::Full),
            Refusal::Reload(ConfigError::Unusable(text())),
            Refusal::Silent { shard: 0 },
        ];
        let manual = include_str!("../../../../docs/admin.md");
        for refusal in refusals {
            let row = format!("| `{}` | {} |", refusal.label(), refusal.status().as_u16());
            assert!(manual.contains(&row), "docs/admin.md has no row that begins with {row}");
        }
    }
}

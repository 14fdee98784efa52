//! Asks a server for a seat: `POST /api/join`.

use serde::{Deserialize, Serialize};
use shared::game::Game;

use crate::native::http::{HttpAnswer, HttpClient, HttpError};

/// What to ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct JoinRequest {
    /// Shown to others.
    pub name: String,
    /// The game that the client plays, [`Game::NAME`]: a room of another game would be of no use to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game: Option<String>,
    /// A mode of it, if it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// A room, if it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<u32>,
}

impl JoinRequest {
    /// Any room of a game.
    pub fn of<G: Game>(name: impl Into<String>) -> Self {
        Self { name: name.into(), game: Some(G::NAME.to_owned()), ..Self::default() }
    }
}

/// Where to play, and the right to.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct JoinAnswer {
    /// For the hello; works once and for a short while.
    pub ticket: String,
    /// The room.
    pub room: u32,
    /// The name as the server will show it.
    pub player_name: String,
    /// UDP `host:port` of the room's shard.
    pub quic: String,
    /// WebTransport URL of the room's shard.
    pub webtransport: String,
    /// WebSocket URL of the room's shard.
    pub ws: String,
    /// SHA-256 of the certificates that QUIC and WebTransport may show, each of 64 hexadecimal digits; none for a certificate that is
    /// to be verified by its name and its authority.
    pub certificate_hashes: Vec<String>,
    /// Ticks per second.
    pub tick_hz: u16,
    /// Protocol version of the server.
    pub protocol: u16,
}

/// Why there is no seat.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The server was not reached.
    #[error("cannot ask {url} for a seat: {source}")]
    Http {
        /// What was asked.
        url: String,
        /// Why it failed.
        source: HttpError,
    },
    /// The server said yes to something else.
    #[error("{url} answered what is no seat: {reason}")]
    Nonsense {
        /// What was asked.
        url: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// The server said no.
    #[error("{url} refused with {status}: {text}")]
    Refused {
        /// What was asked.
        url: String,
        /// HTTP status.
        status: u16,
        /// The server's words.
        text: String,
    },
}

impl JoinError {
    /// Whether the server is only busy, or has enough of this address for now, so that asking again in a moment may help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { status: 429 | 503, .. })
    }
}

/// Asks `server` (`http://host:port`) for a seat.
///
/// # Errors
/// See [`JoinError`].
pub async fn join(http: &HttpClient, server: &str, request: &JoinRequest) -> Result<JoinAnswer, JoinError> {
    let url = format!("{}/api/join", server.trim_end_matches('/'));
    let failed = |source| JoinError::Http { url: url.clone(), source };
    let body = serde_json::to_vec(request).expect("text and numbers can be written as JSON");
    let HttpAnswer { status, body } = http.post_json(&url, body).await.map_err(failed)?;
    if !(200..300).contains(&status) {
        let text = String::from_utf8_lossy(&body).chars().take(REFUSAL_CHARS_MAX).collect();
        return Err(JoinError::Refused { url, status, text });
    }
    serde_json::from_slice(&body).map_err(|error| JoinError::Nonsense { url, reason: error.to_string() })
}

/// What is kept of a refusal.
const REFUSAL_CHARS_MAX: usize = 300;

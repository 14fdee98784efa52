//! The request for a seat: `POST /api/join`.

use serde::{Deserialize, Serialize};
use shared::game::Game;

use crate::native::http::{HttpAnswer, HttpClient, HttpError};

/// The body of the request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct JoinRequest {
    /// The player's name, shown to other players.
    pub name: String,
    /// The game that the client plays, [`Game::NAME`]. The client cannot play in a room of another game.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game: Option<String>,
    /// A mode of the game; `None` for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// A room by its number; `None` for any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<u32>,
}

impl JoinRequest {
    /// A request for a seat in any room of a game.
    pub fn of<G: Game>(name: impl Into<String>) -> Self {
        Self { name: name.into(), game: Some(G::NAME.to_owned()), ..Self::default() }
    }
}

/// The answer: a ticket for a seat, and the addresses of its room.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct JoinAnswer {
    /// The ticket for the hello. It is valid once and for a short time.
    pub ticket: String,
    /// Number of the room.
    pub room: u32,
    /// The player's name as the server will show it.
    pub player_name: String,
    /// UDP `host:port` of the room's shard.
    pub quic: String,
    /// WebTransport URL of the room's shard.
    pub webtransport: String,
    /// WebSocket URL of the room's shard.
    pub ws: String,
    /// SHA-256 hashes of the certificates for QUIC and WebTransport, each of 64 hexadecimal digits. Empty if the certificate is
    /// to be verified by its name and its authority.
    pub certificate_hashes: Vec<String>,
    /// Tick rate of the room, ticks per second.
    pub tick_hz: u16,
    /// Protocol version of the server.
    pub protocol: u16,
}

/// The reason why a join request failed.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The server gave no response.
    #[error("cannot send the join request to {url}: {source}")]
    Http {
        /// URL of the request.
        url: String,
        /// The error of the HTTP client.
        source: HttpError,
    },
    /// The server accepted the request, but its answer is no valid JSON of a seat.
    #[error("unexpected answer to the join request at {url}: {reason}")]
    Nonsense {
        /// URL of the request.
        url: String,
        /// The error in the answer.
        reason: String,
    },
    /// The server refused the request.
    #[error("{url} refused the join request with status {status}: {text}")]
    Refused {
        /// URL of the request.
        url: String,
        /// HTTP status.
        status: u16,
        /// The server's text, at most 300 characters.
        text: String,
    },
}

impl JoinError {
    /// Returns true if the server is busy or limits the rate of this address, so that a later request may succeed.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { status: 429 | 503, .. })
    }
}

/// Requests a seat from `server` (`http://host:port`).
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

/// Characters of a refusal's text that are kept.
const REFUSAL_CHARS_MAX: usize = 300;

//! Asks a server for a seat: `POST /api/join`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What to ask for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct JoinRequest {
    /// Shown to others.
    pub name: String,
    /// A mode, if it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// A room, if it matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<u32>,
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
    /// SHA-256 of the certificates that QUIC and WebTransport may show, each of 64 hexadecimal digits.
    pub certificate_hashes: Vec<String>,
    /// Ticks per second.
    pub tick_hz: u16,
    /// Protocol version of the server.
    pub protocol: u16,
}

/// Why there is no seat.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The server was not reached or answered nonsense.
    #[error("cannot ask {url} for a seat")]
    Http {
        /// What was asked.
        url: String,
        /// Why it failed.
        source: reqwest::Error,
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

/// An HTTP client for joining. Shared by many players it keeps few connections.
///
/// # Errors
/// When the machine lets no client be made.
pub fn http_client() -> reqwest::Result<reqwest::Client> {
    // No proxy: the game's own links go straight to the server, so the way there must be open anyway.
    reqwest::Client::builder()
        .no_proxy()
        .connect_timeout(TIMEOUT)
        .timeout(TIMEOUT)
        .pool_idle_timeout(IDLE_MAX)
        .tcp_nodelay(true)
        .build()
}

impl JoinError {
    /// Whether the server is only busy, so that asking again in a moment may help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Refused { status: 503, .. })
    }
}

/// Asks `server` (`http://host:port`) for a seat.
///
/// # Errors
/// See [`JoinError`].
pub async fn join(http: &reqwest::Client, server: &str, request: &JoinRequest) -> Result<JoinAnswer, JoinError> {
    let url = format!("{}/api/join", server.trim_end_matches('/'));
    let failed = |source| JoinError::Http { url: url.clone(), source };
    let response = http.post(&url).json(request).send().await.map_err(failed)?;
    if !response.status().is_success() {
        let status = response.status().as_u16();
        let text = response.text().await.unwrap_or_default().chars().take(REFUSAL_CHARS_MAX).collect();
        return Err(JoinError::Refused { url, status, text });
    }
    response.json().await.map_err(failed)
}

const TIMEOUT: Duration = Duration::from_secs(10);
/// Less than any server keeps an idle connection, so that none is used just as it closes.
const IDLE_MAX: Duration = Duration::from_secs(1);
/// What is kept of a refusal.
const REFUSAL_CHARS_MAX: usize = 300;

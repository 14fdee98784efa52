//! The HTTP interface of the control plane: descriptions of server and rooms, joins, and the upgrade to a WebSocket.
//!
//! ```text
//! GET  /                 the page of the default game, and /NAME/ the page of each game
//! GET  /status           the status page
//! GET  /api/server       description of this server, and the addresses of its transports
//! GET  /api/rooms        rooms with their best players
//! GET  /api/rooms/{id}   one room with all its players
//! POST /api/join         reserves a seat, returns a ticket
//! GET  /play?shard=N     becomes a WebSocket of that shard
//! ```

mod address;
mod answers;
mod headers;
mod join;
pub mod matchmaker;
pub mod name;
mod page;
mod play;
pub mod refusal;
mod rendered;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension, Router,
    body::HttpBody as _,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};

pub(crate) use self::page::{page_files, replay_page};
use self::{
    matchmaker::{Matchmaker, SendCommand},
    refusal::Refusal,
};
use crate::{
    base::origin::Origins,
    config::LiveConfig,
    directory::{Directory, drain::Drainer},
    http::{ClientAddress, requests},
    security::{
        accounts::Accounts,
        certificates::Certificates,
        guard::{Caller, Guard},
    },
    storage::recording::DiskHealth,
};

/// The state that all handlers share.
pub struct Lobby {
    /// Finds seats, opens and closes rooms.
    pub matchmaker: Matchmaker,
    /// The steps of the server's end.
    pub drainer: Arc<Drainer>,
    /// Rooms, seats and tickets.
    pub directory: Arc<Directory>,
    /// The current settings.
    pub config: Arc<LiveConfig>,
    /// The address that HTTP listens on; its port is never 0.
    pub http: SocketAddr,
    /// The address that QUIC of each shard listens on; its port is never 0.
    pub udp: Vec<SocketAddr>,
    /// The certificates of QUIC, WebTransport and HTTP.
    pub certificates: Arc<Certificates>,
    /// The origins whose pages may play.
    pub origins: Arc<Origins>,
    /// Sends commands to shards.
    pub send: SendCommand,
    /// Limits and bans of addresses.
    pub guard: Arc<Guard>,
    /// Verifies the accounts of players.
    pub accounts: Accounts,
    /// The state of the disk, if there is a state directory.
    pub disk: Option<Arc<DiskHealth>>,
    /// Time of the server's start.
    pub started: Instant,
}

impl Lobby {
    /// Refuses joins from here on, and ends the server within `wait`, sooner if no match is running.
    /// Players are shown `reason`, which may be empty.
    pub fn drain(&self, wait: Duration, reason: &str) {
        // Joins are refused first, so that none succeeds after the drain has counted the matches.
        self.matchmaker.drain();
        self.drainer.request(wait, reason);
    }
}

/// The routes of the public listener.
pub fn router(lobby: Arc<Lobby>) -> Router {
    Router::new()
        .route("/api/server", get(answers::server))
        .route("/api/rooms", get(answers::rooms))
        .route("/api/rooms/{id}", get(answers::room))
        .route("/api/join", post(join::join))
        .route("/play", get(play::play))
        .merge(page::routes(lobby.config.games(), lobby.config.load().dev_page.clone()))
        .fallback(page::elsewhere)
        .method_not_allowed_fallback(async |method: Method| Refusal::WrongMethod(method.to_string()))
        .layer(DefaultBodyLimit::max(join::BODY_BYTES_MAX))
        .layer(Extension(Arc::new(answers::Answers::default())))
        .layer(middleware::from_fn_with_state(Arc::clone(&lobby), pace))
        .layer(middleware::from_fn(headers::time_out))
        .layer(middleware::from_fn(headers::secure))
        .layer(middleware::from_fn_with_state("http", requests::count))
        .with_state(lobby)
}

/// Limits the requests of each address. A client that is banned while its connection is open is refused at its next request.
async fn pace(State(lobby): State<Arc<Lobby>>, request: Request, next: Next) -> Response {
    let Some(&client) = request.extensions().get::<ClientAddress>() else { return next.run(request).await };
    let caller = client.into();
    let path = request.uri().path();
    let is_file = !path.starts_with("/api/") && path != "/play";
    let response = match lobby.guard.request(caller, is_file) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            let mut response = Refusal::from(refused).into_response();
            // The next request then needs a new connection, and new connections are limited, too. A proxy's connection is for many clients.
            if !client.forwarded {
                response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    };
    let bytes = response.body().size_hint();
    lobby.guard.answered(caller, bytes.upper().unwrap_or(bytes.lower()));
    response
}

/// The client of a request, as the guard counts it.
fn caller(extensions: &axum::http::Extensions) -> Option<Caller> {
    extensions.get::<ClientAddress>().map(|&client| client.into())
}

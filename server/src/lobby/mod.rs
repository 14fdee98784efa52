//! The control plane's HTTP side: who is here, where to play, and the way onto a shard.
//!
//! ```text
//! GET  /                 the page to play on, and /NAME/ that of each game
//! GET  /status           the status page
//! GET  /api/server       what this server is and where its transports are
//! GET  /api/rooms        rooms with their best players
//! GET  /api/rooms/{id}   one room with all its players
//! POST /api/join         keeps a seat, gives a ticket
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
pub(crate) mod requests;

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
    http::ClientAddress,
    security::{
        accounts::Accounts,
        certificates::Certificates,
        guard::{Caller, Guard},
    },
    storage::recording::DiskHealth,
};

/// What every handler knows.
pub struct Lobby {
    /// Finds seats.
    pub matchmaker: Matchmaker,
    /// How far the server is from its end.
    pub drainer: Arc<Drainer>,
    /// Rooms and seats.
    pub directory: Arc<Directory>,
    /// The settings of the moment.
    pub config: Arc<LiveConfig>,
    /// Where HTTP really listens.
    pub http: SocketAddr,
    /// Where each shard's QUIC really listens.
    pub udp: Vec<SocketAddr>,
    /// What QUIC and WebTransport show.
    pub certificates: Arc<Certificates>,
    /// Whose pages may play.
    pub origins: Arc<Origins>,
    /// Where commands to shards go.
    pub send: SendCommand,
    /// Says who may come in.
    pub guard: Arc<Guard>,
    /// Says who a player is.
    pub accounts: Accounts,
    /// How the disk keeps up, where there is a state directory.
    pub disk: Option<Arc<DiskHealth>>,
    /// When the server started.
    pub started: Instant,
}

impl Lobby {
    /// Takes nobody new from here on, and ends the server within `wait`, sooner if nobody is in the middle of a match.
    /// Players read `reason`, which may be empty.
    pub fn drain(&self, wait: Duration, reason: &str) {
        // First of all, so that no join slips in between.
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

/// Who is banned while its connection stays open hears so at its next request, and who asks for more than its share does too.
async fn pace(State(lobby): State<Arc<Lobby>>, request: Request, next: Next) -> Response {
    let Some(&client) = request.extensions().get::<ClientAddress>() else { return next.run(request).await };
    let caller = client.into();
    let path = request.uri().path();
    let is_file = !path.starts_with("/api/") && path != "/play";
    let response = match lobby.guard.request(caller, is_file) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            let mut response = Refusal::from(refused).into_response();
            // So the next one costs it a connection, whose pace is kept as well. Those of a proxy are of many.
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

/// Who asks.
fn caller(extensions: &axum::http::Extensions) -> Option<Caller> {
    extensions.get::<ClientAddress>().map(|&client| client.into())
}

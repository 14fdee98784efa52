//! What a host watches: figures, and whether the server is well. On a listener of its own, which nobody else reaches.
//!
//! ```text
//! GET /admin     the admin page and its API, see `admin`
//! GET /metrics   everything that is counted, in Prometheus' text format
//! GET /healthz   200 while no shard has been silent for long, otherwise 503: only a restart helps then
//! GET /readyz    200 while every shard ticks and joins are taken, otherwise 503 and why
//! ```

pub mod admin;
pub mod metrics;
pub mod process;
pub(crate) mod requests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};

use self::{admin::Admin, metrics::Metrics};
use crate::{
    directory::Directory,
    drain::Status,
    lobby::{Lobby, matchmaker::SHARD_PATIENCE},
    shard::ShardHandle,
};

/// A shard that is silent for so long has died or is stuck for good: far longer than any overload.
pub(crate) const GIVEN_UP: Duration = Duration::from_secs(10);

/// What the handlers know.
#[derive(Clone)]
struct Ops {
    lobby: Arc<Lobby>,
    metrics: Metrics,
    shards: Arc<Vec<ShardHandle>>,
}

/// The routes of the ops listener.
pub fn router(lobby: Arc<Lobby>, metrics: Metrics, shards: Arc<Vec<ShardHandle>>, admin: Arc<Admin>) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .with_state(Ops { lobby, metrics, shards })
        .merge(admin::router(admin))
        .layer(middleware::from_fn_with_state("ops", requests::count))
}

async fn figures(State(ops): State<Ops>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], ops.metrics.render(&ops.lobby, &ops.shards))
}

async fn alive(State(ops): State<Ops>) -> (StatusCode, String) {
    match silent_shards(&ops.lobby.directory, Instant::now(), GIVEN_UP) {
        None => (StatusCode::OK, "ok\n".to_owned()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}

async fn ready(State(ops): State<Ops>) -> (StatusCode, String) {
    match why_not_ready(&ops.lobby, Instant::now()) {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}

fn why_not_ready(lobby: &Lobby, now: Instant) -> Option<String> {
    match lobby.drainer.status() {
        Status::Draining { left } => return Some(format!("draining, {} seconds left", left.as_secs_f64().ceil())),
        Status::Ending => return Some("ending".to_owned()),
        Status::Serving => {}
    }
    silent_shards(&lobby.directory, now, SHARD_PATIENCE)
}

/// The shards that have not beaten within `patience`, in words; `None` if all have.
pub(crate) fn silent_shards(directory: &Directory, now: Instant, patience: Duration) -> Option<String> {
    let shards = directory.shards().iter().enumerate();
    let silent: Vec<String> =
        shards.filter(|(_, shard)| !shard.is_alive(now, patience)).map(|(index, _)| index.to_string()).collect();
    (!silent.is_empty()).then(|| format!("not ticking: shard {}", silent.join(", ")))
}

//! What a host watches: figures, and whether the server is well. On a listener of its own, which nobody else reaches.
//!
//! ```text
//! GET /metrics   everything that is counted, in Prometheus' text format
//! GET /healthz   200 while the process answers at all
//! GET /readyz    200 while every shard ticks and joins are taken, otherwise 503 and why
//! ```

pub mod metrics;
pub mod process;
pub(crate) mod requests;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};

use self::metrics::Metrics;
use crate::{
    drain::Status,
    lobby::{Lobby, matchmaker::SHARD_PATIENCE},
    shard::ShardHandle,
};

/// What the handlers know.
#[derive(Clone)]
struct Ops {
    lobby: Arc<Lobby>,
    metrics: Metrics,
    shards: Arc<Vec<ShardHandle>>,
}

/// The routes of the ops listener.
pub fn router(lobby: Arc<Lobby>, metrics: Metrics, shards: Arc<Vec<ShardHandle>>) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .layer(middleware::from_fn_with_state("ops", requests::count))
        .with_state(Ops { lobby, metrics, shards })
}

async fn figures(State(ops): State<Ops>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], ops.metrics.render(&ops.lobby, &ops.shards))
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
    let shards = lobby.directory.shards().iter();
    let silent: Vec<String> = shards
        .enumerate()
        .filter(|(_, shard)| !shard.is_alive(now, SHARD_PATIENCE))
        .map(|(index, _)| index.to_string())
        .collect();
    (!silent.is_empty()).then(|| format!("not ticking: shard {}", silent.join(", ")))
}

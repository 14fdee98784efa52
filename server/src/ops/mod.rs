//! Metrics, health checks and the admin page for the host, on a separate listener that players cannot reach.
//!
//! ```text
//! GET /admin     the admin page and its API, see `admin`
//! GET /metrics   all metrics, in Prometheus' text format
//! GET /healthz   200 while no shard has been silent for long, otherwise 503: then only a restart helps
//! GET /readyz    200 while every shard makes turns, joins are taken and the disk keeps up, otherwise 503 and the reason
//! ```
//!
//! A shard that makes turns is alive, however late its ticks are. So an overloaded server is not ready, or ready with a note, but
//! never unhealthy, because a restart would only add to its work.
//!
//! ```text
//! shards                               /healthz                /readyz
//! all make turns                       200 ok                  200 ready
//! some lower their quality             200 ok, and which       200 ready, and which
//! all refuse joins                     200 ok, and which       503 overloaded, and which
//! one made no turn for 2 s             200 ok                  503 not ticking, and which
//! one made no turn for 10 s, or died   503 not ticking         503
//! ```

pub mod admin;
pub mod health;
pub(crate) mod http_client;
pub mod metrics;

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
    directory::{Directory, ShardStatus, drain::Status},
    http::requests,
    lobby::{Lobby, matchmaker::SHARD_PATIENCE},
    shard::ShardHandle,
};

/// A shard that is silent for this long has died or is stuck for good, because no turn of an overloaded shard is that long.
pub(crate) const GIVEN_UP: Duration = Duration::from_secs(10);

/// State of the handlers.
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
        .merge(admin::router(Arc::clone(&admin)))
        // Metrics are for the host only: a foreign page must not read them through a name that resolves to this machine.
        .layer(middleware::from_fn_with_state(admin, admin::check_host))
        .layer(middleware::from_fn_with_state("ops", requests::count))
}

async fn figures(State(ops): State<Ops>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], ops.metrics.render(&ops.lobby, &ops.shards))
}

async fn alive(State(ops): State<Ops>) -> (StatusCode, String) {
    match silent_shards(&ops.lobby.directory, Instant::now(), GIVEN_UP) {
        None => (StatusCode::OK, with_overload("ok", &ops.lobby.directory)),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}

async fn ready(State(ops): State<Ops>) -> (StatusCode, String) {
    match why_not_ready(&ops.lobby, Instant::now()) {
        // A full disk costs recordings, but no match while the server runs, so the server is ready.
        None => match ops.lobby.disk.as_ref().and_then(|disk| disk.trouble()) {
            None => (StatusCode::OK, with_overload("ready", &ops.lobby.directory)),
            Some(trouble) => (StatusCode::OK, with_overload(&format!("ready, but {trouble}"), &ops.lobby.directory)),
        },
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n"),
    }
}

fn why_not_ready(lobby: &Lobby, now: Instant) -> Option<String> {
    match lobby.drainer.status() {
        Status::Draining { left } => return Some(format!("draining, {} seconds left", left.as_secs_f64().ceil())),
        Status::Ending => return Some("ending".to_owned()),
        Status::Serving => {}
    }
    let directory = &lobby.directory;
    let refusing = || directory.shards().iter().all(ShardStatus::refuses_joins).then(|| overloaded_shards(directory));
    let behind = || lobby.disk.as_ref().filter(|disk| disk.is_behind()).and_then(|disk| disk.trouble());
    silent_shards(directory, now, SHARD_PATIENCE).or_else(|| refusing().flatten()).or_else(behind)
}

/// The shards that lower their quality, in words; `None` if there are none.
pub(crate) fn overloaded_shards(directory: &Directory) -> Option<String> {
    let shards = directory.shards().iter().enumerate().filter(|(_, shard)| shard.rung() > 0);
    let words: Vec<String> = shards.map(|(index, shard)| format!("shard {index} (rung {})", shard.rung())).collect();
    (!words.is_empty()).then(|| format!("overloaded: {}", words.join(", ")))
}

fn with_overload(word: &str, directory: &Directory) -> String {
    overloaded_shards(directory).map_or_else(|| format!("{word}\n"), |overloaded| format!("{word}, {overloaded}\n"))
}

/// The shards without a heartbeat within `patience`, in words, each with the room whose tick does not end; `None` if there are none.
pub(crate) fn silent_shards(directory: &Directory, now: Instant, patience: Duration) -> Option<String> {
    let shards = directory.shards().iter().enumerate();
    let silent = shards.filter(|(_, shard)| !shard.is_alive(now, patience));
    let silent: Vec<String> = silent
        .map(|(index, shard)| match shard.ticking() {
            Some(room) => format!("{index} (in the tick of room {})", room.0),
            None => index.to_string(),
        })
        .collect();
    (!silent.is_empty()).then(|| format!("not ticking: shard {}", silent.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Key;

    #[test]
    fn overloaded_shard_is_named_and_alive() {
        let directory = Directory::new(3, 10, Key::random());
        let now = Instant::now();
        directory.shards().iter().for_each(|shard| shard.beat(now));
        assert_eq!(with_overload("ok", &directory), "ok\n");
        directory.shard(1).set_rung(1, false);
        directory.shard(2).set_rung(3, true);
        assert_eq!(with_overload("ok", &directory), "ok, overloaded: shard 1 (rung 1), shard 2 (rung 3)\n");
        assert_eq!(silent_shards(&directory, now, GIVEN_UP), None);
        directory.shard(1).set_ticking(Some(shared::RoomId(7)));
        assert_eq!(
            silent_shards(&directory, now + GIVEN_UP * 2, GIVEN_UP),
            Some("not ticking: shard 0, 1 (in the tick of room 7), 2".to_owned())
        );
    }
}

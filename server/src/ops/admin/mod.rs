//! The admin page and its API, on the ops listener. Everything but the page's own files needs a token. Every action is
//! logged, and noted in the audit log with its administrator, target and reason. `docs/admin.md` is its manual.
//!
//! ```text
//! GET  /admin                        the page
//! GET  /admin/api/state              the server, its shards, rooms and players
//! GET  /admin/api/ticks?since=N      measurements of the ticks of the last minutes, by shard and second
//! GET  /admin/api/audit              the last actions of administrators
//! GET  /admin/api/bans               the banned networks
//! GET  /admin/api/inspect?room=N     a room's entities, one player's record, the board, events; see inspector.rs
//! POST /admin/api/edit               {room, id, field, value, reason}, on a server with `dev = true`
//! POST /admin/api/kick               {session, reason}
//! POST /admin/api/mute, unmute       {session, reason}
//! POST /admin/api/ban                {session | network, secs?, reason}
//! POST /admin/api/unban              {network, reason}
//! POST /admin/api/announce           {room?, text}
//! POST /admin/api/end-match          {room, reason}
//! POST /admin/api/change-map         {room, map, reason}
//! POST /admin/api/condition          {session | room, delay_ms, jitter_ms, loss, reason}
//! POST /admin/api/reload             {reason}
//! POST /admin/api/drain              {secs?, reason}
//! ```

mod access;
mod actions;
mod audit;
mod body;
#[cfg(feature = "fault-injection")]
mod faults;
mod inspector;
mod page;
mod refusal;
mod shards;
mod state;
mod tries;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, State, rejection::QueryRejection},
    middleware,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) use self::access::check_host;
use self::{access::Access, audit::Audit, refusal::Refusal, shards::Shards};
use crate::{lobby::Lobby, security::guard::Ban, shard::ShardHandle};

/// The state that all handlers share.
pub struct Admin {
    lobby: Arc<Lobby>,
    shards: Shards,
    access: Access,
    audit: Audit,
}

/// Most bytes of a request's body: a session, a reason, and room for white space.
const BODY_BYTES_MAX: usize = 4 * 1024;

impl Admin {
    /// The admin page of a server whose ops listener is at `ops`.
    pub fn new(lobby: Arc<Lobby>, shards: Arc<Vec<ShardHandle>>, ops: SocketAddr) -> Self {
        let config = lobby.config.load();
        let audit = Audit::new(config.state.as_ref().map(|state| state.join("audit.jsonl")));
        let access = Access::new(ops, &config.admin);
        Self { lobby, shards: Shards::new(shards), access, audit }
    }

    /// Waits until the audit log is on disk, at most for `patience`.
    pub(crate) fn flush(&self, patience: Duration) {
        self.audit.flush(patience);
    }

    /// The random token of this start, if none is set and the ops listener is on loopback.
    pub fn made_up_token(&self) -> Option<&str> {
        self.access.made_up()
    }
}

/// The routes below `/admin`.
pub(super) fn router(admin: Arc<Admin>) -> Router {
    let api = Router::new()
        .route("/admin/api/state", get(state::state))
        .route("/admin/api/ticks", get(ticks))
        .route("/admin/api/audit", get(audit))
        .route("/admin/api/bans", get(bans))
        .route("/admin/api/inspect", get(inspector::look))
        .route("/admin/api/edit", post(inspector::edit))
        .route("/admin/api/kick", post(actions::kick))
        .route("/admin/api/mute", post(actions::mute))
        .route("/admin/api/unmute", post(actions::unmute))
        .route("/admin/api/ban", post(actions::ban))
        .route("/admin/api/unban", post(actions::unban))
        .route("/admin/api/announce", post(actions::announce))
        .route("/admin/api/end-match", post(actions::end_match))
        .route("/admin/api/change-map", post(actions::change_map))
        .route("/admin/api/condition", post(actions::condition))
        .route("/admin/api/reload", post(actions::reload))
        .route("/admin/api/drain", post(actions::drain))
        .route("/admin/api/{*path}", get(async || Refusal::UnknownPath).post(async || Refusal::UnknownPath))
        .layer(middleware::from_fn_with_state(Arc::clone(&admin), access::admit));
    #[cfg(feature = "fault-injection")]
    let api = api.merge(faults::routes(&admin));
    api.merge(page::routes()).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(admin)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u32,
}

async fn ticks(
    State(admin): State<Arc<Admin>>,
    query: Result<Query<Since>, QueryRejection>,
) -> Result<Json<Value>, Refusal> {
    let Query(Since { since }) = query.map_err(|rejection| Refusal::BadRequest(rejection.body_text()))?;
    let shards: Vec<Value> = admin
        .shards
        .seconds(since)
        .await
        .into_iter()
        .enumerate()
        .map(|(index, seconds)| json!({ "shard": index, "seconds": seconds.unwrap_or_default() }))
        .collect();
    Ok(Json(json!({ "period_ms": 1_000.0 / f64::from(admin.lobby.config.load().tick_hz), "shards": shards })))
}

async fn audit(State(admin): State<Arc<Admin>>) -> Json<Value> {
    Json(json!({ "entries": admin.audit.entries() }))
}

async fn bans(State(admin): State<Arc<Admin>>) -> Json<Value> {
    let bans = admin.lobby.guard.bans().into_iter().map(|ban| {
        let Ban { network, until, reason, by } = ban;
        json!({ "network": network.to_string(), "until": until.map(|until| until.to_string()), "reason": reason, "by": by })
    });
    Json(json!({ "bans": bans.collect::<Vec<_>>() }))
}

//! Faults that tests inject. Built only with the feature `fault-injection`.

use std::sync::Arc;

use axum::{Json, Router, extract::State, middleware, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Admin, access, body::Body, refusal::Refusal};
use crate::shard::ShardCommand;

pub(super) fn routes(admin: &Arc<Admin>) -> Router<Arc<Admin>> {
    Router::new()
        .route("/admin/api/panic-shard", post(panic_shard))
        .layer(middleware::from_fn_with_state(Arc::clone(admin), access::admit))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToShard {
    shard: usize,
}

async fn panic_shard(
    State(admin): State<Arc<Admin>>,
    Body(ToShard { shard }): Body<ToShard>,
) -> Result<Json<Value>, Refusal> {
    admin.shards.send_to(shard, ShardCommand::Panic)?;
    Ok(Json(json!({})))
}

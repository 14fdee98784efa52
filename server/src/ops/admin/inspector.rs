//! The inspector: the state of a room's match, by the names in the game's declarations. Every administrator may read it; fields can be
//! set only on a server with `dev = true`.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::{Query, State, rejection::QueryRejection},
};
use room::{Inspection, Look};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{EntityId, PlayerId, game::reflect::Reflected, limits::INSPECT_ENTITIES_MAX};

use super::{
    Admin,
    access::Who,
    body::{Body, Reason},
    refusal::Refusal,
};
use crate::shard::Ask;

/// Entities in an answer if the request has no limit.
const ENTITIES: usize = 50;
/// Most bytes of a kind or field in a request.
const NAME_BYTES_MAX: usize = 64;

/// The selection of entities; everything but the room may be left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookQuery {
    room: u32,
    kind: Option<String>,
    id: Option<u16>,
    after: Option<u16>,
    limit: Option<usize>,
    player: Option<u16>,
    #[serde(default)]
    events_since: u64,
}

#[derive(Serialize)]
pub(super) struct Answer {
    room: u32,
    /// True if fields can be set.
    dev: bool,
    #[serde(flatten)]
    seen: Inspection,
}

pub(super) async fn look(
    State(admin): State<Arc<Admin>>,
    query: Result<Query<LookQuery>, QueryRejection>,
) -> Result<Json<Answer>, Refusal> {
    let Query(query) = query.map_err(|rejection| Refusal::BadRequest(rejection.body_text()))?;
    let LookQuery { room, kind, id, after, limit, player, events_since } = query;
    let limit = limit.unwrap_or(ENTITIES);
    if !(1..=INSPECT_ENTITIES_MAX).contains(&limit) {
        return Err(Refusal::BadRequest(format!("limit is 1 to {INSPECT_ENTITIES_MAX}, found {limit}")));
    }
    let (id, after, player) = (id.map(EntityId), after.map(EntityId), player.map(PlayerId));
    let look = Look { kind, id, after, limit, player, events_since };
    let handle = admin.room(room)?;
    let wanted = look.kind.clone();
    let seen = admin.shards.ask(&handle, |reply| Ask::Inspect { room: handle.id, look, reply }).await??;
    if let Some(wanted) = wanted.filter(|wanted| !seen.kinds.iter().any(|kind| kind.name == wanted)) {
        let kinds = seen.kinds.iter().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
        let wanted = wanted.escape_debug();
        return Err(Refusal::BadRequest(format!("room {room} has no entities of a kind \"{wanted}\"; it has {kinds}")));
    }
    Ok(Json(Answer { room, dev: admin.lobby.config.load().dev, seen: *seen }))
}

/// A change of one field.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditBody {
    room: u32,
    id: u16,
    field: String,
    value: Reflected,
    #[serde(default)]
    reason: Reason,
}

pub(super) async fn edit(
    (State(admin), Extension(who)): (State<Arc<Admin>>, Extension<Who>),
    Body(body): Body<EditBody>,
) -> Result<Json<Value>, Refusal> {
    let EditBody { room, id, field, value, reason } = body;
    if field.len() > NAME_BYTES_MAX {
        return Err(Refusal::BadRequest(format!("field has at most {NAME_BYTES_MAX} bytes, found {}", field.len())));
    }
    let text = serde_json::to_string(&value).expect("what was JSON is JSON");
    let target = format!("room {room}, entity {id}: {} = {text}", field.escape_debug());
    let outcome = if admin.lobby.config.load().dev {
        admin.ask_room(room, |room, reply| Ask::Edit { room, id: EntityId(id), field, value, reply }).await
    } else {
        Err(Refusal::NotDev)
    };
    let outcome = outcome.map(|_| json!({}));
    admin.note(&who, "edit", target, &reason, outcome)
}

//! The actions of administrators. Each is tried, noted with its outcome, and answered.

use std::{sync::Arc, time::Duration};

use axum::{Extension, Json, extract::State};
use serde_json::{Value, json};
use shared::RoomId;

use super::{
    Admin,
    access::Who,
    body::{
        AnnounceBody, BanBody, Body, ChangeMapBody, ConditionBody, DRAIN_SECS_MAX, DrainBody, Reason, ToRoom, ToServer,
        ToSession, UnbanBody,
    },
    refusal::Refusal,
};
use crate::{
    base::{calendar, timestamp::Moment},
    config::Network,
    directory::RoomHandle,
    security::guard::Ban,
    session::SessionId,
    shard::{Ask, AskError, Found, Reply, ShardCommand, Target},
};

type Answer = Result<Json<Value>, Refusal>;
type Doer = (State<Arc<Admin>>, Extension<Who>);

pub(super) async fn kick((State(admin), Extension(who)): Doer, Body(body): Body<ToSession>) -> Answer {
    let ToSession { session, reason } = body;
    let text = told("you were removed by an administrator", &reason);
    let kicked = admin.find_with(session, |reply| Ask::Kick { session, text: text.clone(), reply }).await;
    admin.note(&who, "kick", session_and_room(session, &kicked), &reason, kicked.map(|_| json!({})))
}

pub(super) async fn mute(doer: Doer, body: Body<ToSession>) -> Answer {
    set_mute(doer, body, "mute", true).await
}

pub(super) async fn unmute(doer: Doer, body: Body<ToSession>) -> Answer {
    set_mute(doer, body, "unmute", false).await
}

async fn set_mute(
    (State(admin), Extension(who)): Doer,
    Body(ToSession { session, reason }): Body<ToSession>,
    action: &'static str,
    muted: bool,
) -> Answer {
    let found = admin.find_with(session, |reply| Ask::Find { session, reply }).await;
    let target = session_and_room(session, &found);
    let outcome = match found {
        Ok(_) => {
            let directory = Arc::clone(&admin.lobby.directory);
            let saved = blocking(move || directory.mutes.set(session, muted)).await;
            saved
                .map(|()| json!({}))
                .map_err(|error| Refusal::NotSaved(format!("cannot write the list of muted players: {error}")))
        }
        Err(refusal) => Err(refusal),
    };
    admin.note(&who, action, target, &reason, outcome)
}

pub(super) async fn ban((State(admin), Extension(who)): Doer, Body(body): Body<BanBody>) -> Answer {
    let BanBody { session, network, secs, reason } = body;
    let (target, network) = match (session, network) {
        (None, Some(network)) => (format!("network {network}"), Ok(network)),
        (Some(session), None) => {
            let found = admin.find_with(session, |reply| Ask::Trace { session, reply }).await;
            // The network of one customer, as for the limits: an IPv4 address, or a /64 of IPv6.
            let target = session_and_room(session, &found);
            let address = found.and_then(|found| found.address.ok_or(Refusal::NoAddress { session }));
            let network = address.map(|address| Network::of_customer(address.ip()));
            let named = network.as_ref().map_or_else(|_| String::new(), |network| format!(", network {network}"));
            (target + &named, network)
        }
        _ => return Err(Refusal::BadRequest("give a session or a network".to_owned())),
    };
    let outcome = match network {
        Ok(network) => {
            let until = secs.map(|secs| Moment::from(calendar::now()).after(Duration::from_secs(secs)));
            let ban = Ban { network, until, reason: reason.0.clone(), by: who.0.to_string() };
            let guard = Arc::clone(&admin.lobby.guard);
            // Shards notice the ban and check their links.
            let banned = blocking(move || guard.ban(ban)).await;
            banned.map(|()| json!({ "network": network.to_string() })).map_err(Refusal::from)
        }
        Err(refusal) => Err(refusal),
    };
    admin.note(&who, "ban", target, &reason, outcome)
}

pub(super) async fn unban((State(admin), Extension(who)): Doer, Body(body): Body<UnbanBody>) -> Answer {
    let UnbanBody { network, reason } = body;
    let network = network.ok_or_else(|| Refusal::BadRequest("give a network".to_owned()))?;
    let guard = Arc::clone(&admin.lobby.guard);
    let outcome = match blocking(move || guard.unban(&network)).await {
        Ok(true) => Ok(json!({})),
        Ok(false) => Err(Refusal::NotBanned(network.to_string())),
        Err(error) => Err(error.into()),
    };
    admin.note(&who, "unban", format!("network {network}"), &reason, outcome)
}

pub(super) async fn announce((State(admin), Extension(who)): Doer, Body(body): Body<AnnounceBody>) -> Answer {
    let AnnounceBody { room, text, reason } = body;
    let outcome = match room {
        None => admin.shards.tell(|| ShardCommand::Announce { room: None, text: text.0.clone() }),
        Some(room) => admin.room(room).and_then(|room| {
            let command = ShardCommand::Announce { room: Some(room.id), text: text.0.clone() };
            let taken = (admin.lobby.send)(room.shard, command);
            if taken { Ok(()) } else { Err(Refusal::Silent { shard: room.shard }) }
        }),
    };
    let target = room.map_or_else(|| "everywhere".to_owned(), |room| format!("room {room}"));
    admin.note(&who, "announce", format!("{target}: {}", text.0), &reason, outcome.map(|()| json!({})))
}

pub(super) async fn end_match((State(admin), Extension(who)): Doer, Body(body): Body<ToRoom>) -> Answer {
    let ToRoom { room, reason } = body;
    let outcome = admin.ask_room(room, |id, reply| Ask::EndMatch { room: id, reply }).await;
    admin.note(&who, "end-match", format!("room {room}"), &reason, outcome)
}

pub(super) async fn change_map((State(admin), Extension(who)): Doer, Body(body): Body<ChangeMapBody>) -> Answer {
    let ChangeMapBody { room, map, reason } = body;
    let target = format!("room {room}, map {}", map.escape_debug());
    let outcome = admin.ask_room(room, |id, reply| Ask::ChangeMap { room: id, map, reply }).await;
    admin.note(&who, "change-map", target, &reason, outcome)
}

pub(super) async fn condition((State(admin), Extension(who)): Doer, Body(body): Body<ConditionBody>) -> Answer {
    let (target, config) = (body.target()?, body.conditions()?);
    let links = admin.shards.ask_any(|reply| Ask::Condition { target, config, reply }).await;
    let outcome = links.and_then(|links| match (links, target) {
        (Some(links), _) => Ok(json!({ "links": links })),
        (None, Target::Session(session)) => Err(Refusal::UnknownSession { session }),
        (None, Target::Room(room)) => Err(AskError::UnknownRoom { room }.into()),
    });
    let target = match target {
        Target::Session(session) => format!("session {session}"),
        Target::Room(room) => format!("room {}", room.0),
    };
    let (delay, jitter) = (config.delay.as_millis(), config.jitter.as_millis());
    let target = format!("{target}: delay {delay} ms, jitter {jitter} ms, loss {}", config.loss);
    admin.note(&who, "condition", target, &body.reason, outcome)
}

pub(super) async fn reload((State(admin), Extension(who)): Doer, Body(body): Body<ToServer>) -> Answer {
    let lobby = Arc::clone(&admin.lobby);
    let report = blocking(move || lobby.reload()).await;
    let outcome = report.map_err(Refusal::from).map(|report| {
        let keys = |changes: &[crate::config::Change]| changes.iter().map(|change| change.key).collect::<Vec<_>>();
        json!({ "changed": keys(&report.changed), "restart": keys(&report.restart) })
    });
    admin.note(&who, "reload", "settings".to_owned(), &body.reason, outcome)
}

pub(super) async fn drain((State(admin), Extension(who)): Doer, Body(body): Body<DrainBody>) -> Answer {
    let DrainBody { secs, reason } = body;
    if secs.is_some_and(|secs| secs > DRAIN_SECS_MAX) {
        return Err(Refusal::BadRequest(format!("secs is at most {DRAIN_SECS_MAX}")));
    }
    let secs = secs.unwrap_or_else(|| admin.lobby.config.load().drain.secs);
    // Noted first, because the server may end soon.
    let answer = admin.note(&who, "drain", format!("server, within {secs} s"), &reason, Ok(json!({ "secs": secs })));
    admin.lobby.drain(Duration::from_secs(secs.into()), &reason.0);
    answer
}

impl Admin {
    /// Notes an action with its outcome, and makes the answer.
    pub(super) fn note(
        &self,
        who: &Who,
        action: &'static str,
        target: String,
        reason: &Reason,
        outcome: Result<Value, Refusal>,
    ) -> Answer {
        let word = outcome.as_ref().map_or_else(ToString::to_string, |_| "done".to_owned());
        self.audit.note(&who.0, action, target, &reason.0, word);
        outcome.map(Json)
    }

    pub(super) fn room(&self, room: u32) -> Result<Arc<RoomHandle>, Refusal> {
        let room = RoomId(room);
        self.lobby.directory.room(room).ok_or(Refusal::Ask(AskError::UnknownRoom { room }))
    }

    pub(super) async fn ask_room(
        &self,
        room: u32,
        ask: impl FnOnce(RoomId, Reply<Result<(), AskError>>) -> Ask,
    ) -> Result<Value, Refusal> {
        let room = self.room(room)?;
        self.shards.ask(&room, |reply| ask(room.id, reply)).await??;
        Ok(json!({}))
    }

    /// Asks the shards one after the other for a session.
    async fn find_with(&self, session: SessionId, ask: impl Fn(Reply<Option<Found>>) -> Ask) -> Result<Found, Refusal> {
        self.shards.ask_any(ask).await?.ok_or(Refusal::UnknownSession { session })
    }
}

/// Runs work with files on another thread, so that the thread of the ops listener does not wait for a disk.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

/// A text for a player, with the administrator's reason if there is one.
fn told(what: &str, reason: &Reason) -> String {
    if reason.0.is_empty() { what.to_owned() } else { format!("{what}: {}", reason.0) }
}

fn session_and_room(session: SessionId, found: &Result<Found, Refusal>) -> String {
    match found {
        Ok(Found { room, .. }) => format!("session {session} in room {}", room.0),
        _ => format!("session {session}"),
    }
}

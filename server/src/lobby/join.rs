//! `POST /api/join`. In: a name. Out: a ticket, and the addresses that accept it.

use std::{sync::Arc, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, header},
};
use metrics::counter;
use serde::{Deserialize, Serialize};
use shared::{RoomId, limits::PROTOCOL_VERSION, wire::DisconnectReason};
use tracing::{debug, warn};

use super::{
    Lobby,
    address::Reached,
    answers::CertificateHashes,
    matchmaker::{Seat, Wish},
    name::PlayerName,
    refusal::Refusal,
};
use crate::{
    config::Spectators,
    directory::Presence,
    games::mode_named,
    http,
    security::accounts::Account,
    session::{Role, SessionId},
    shard::ShardCommand,
};

/// Most bytes of a request's body: a name, a mode and a number, with room for white space.
pub(super) const BODY_BYTES_MAX: usize = 4 * 1024;

/// The request: a name, and what the player wants to play or watch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinRequest {
    name: String,
    game: Option<String>,
    mode: Option<String>,
    room: Option<u32>,
    #[serde(default)]
    spectate: bool,
}

/// The response: a ticket, and how to use it.
#[derive(Serialize)]
pub(super) struct JoinAnswer {
    /// The ticket for the hello, valid once and for ten seconds.
    ticket: String,
    /// The player's number in the server's logs; it is not secret.
    session: SessionId,
    room: u32,
    game: &'static str,
    mode: &'static str,
    player_name: String,
    /// `host:port` for QUIC, ALPN `ricochet/1`.
    quic: String,
    /// URL for WebTransport.
    webtransport: String,
    /// URL for WebSocket, subprotocol `ricochet.1`.
    ws: String,
    #[serde(flatten)]
    certificates: CertificateHashes,
    tick_hz: u16,
    /// Delay of a spectator's view; missing for players, and if there is no delay.
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_secs: Option<u32>,
    protocol: u16,
}

pub(super) async fn join(
    State(lobby): State<Arc<Lobby>>,
    reached: Reached,
    headers: HeaderMap,
    extensions: Extensions,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<JoinAnswer>, Refusal> {
    let mut wish = wish(&lobby, &headers, body)?;
    let account = lobby.accounts.identify(headers.get(header::AUTHORIZATION).map(HeaderValue::as_bytes))?;
    let settings = lobby.config.load();
    if let Some(name) = account.as_ref().and_then(|account| account.name.as_deref())
        && settings.accounts.names
    {
        // If the account's name cannot be shown, the player gets the name in the request.
        wish.name = PlayerName::readable(name).unwrap_or(wish.name);
    }
    let caller = super::caller(&extensions);
    let lease = caller.map(|caller| lobby.guard.join(caller)).transpose()?;
    let Seat { ticket, session, room } = lobby.matchmaker.join(&wish, Instant::now())?;
    if let Some(lease) = lease {
        lobby.directory.hold(session, lease);
    }
    if settings.spectators == Spectators::Delayed {
        let network = caller.and_then(|caller| lobby.guard.customer(caller));
        let account = account.as_ref().map(|account| account.id);
        keep_apart(&lobby, session, Presence { room: room.id, part: wish.part, network, account }, room.shard)?;
    }
    if let Some(Account { id, .. }) = account {
        debug!(%session, account = %id, "joins");
        // If an account may play twice, a join changes neither its earlier session nor its unused tickets.
        if settings.accounts.once
            && let Some((before, shard)) = lobby.directory.claim(id, session, room.shard)
        {
            let text = "your account plays on from elsewhere".to_owned();
            let reason = DisconnectReason::ResumedElsewhere;
            if !(lobby.send)(shard, ShardCommand::EndSession { session: before, reason, text }) {
                warn!(%session, "the shard is too busy to end the session that the account had before");
            }
        }
    }
    counter!("ricochet_joins_total").increment(1);
    Ok(Json(JoinAnswer {
        ticket,
        session,
        room: room.id.0,
        game: room.played.game.name(),
        mode: room.played.mode_name(),
        player_name: wish.name.as_str().to_owned(),
        quic: reached.udp(lobby.udp[room.shard]),
        webtransport: reached.webtransport(lobby.udp[room.shard]),
        ws: format!("{}?shard={}", reached.websocket(), room.shard),
        certificates: CertificateHashes::new(&lobby.certificates),
        tick_hz: lobby.config.load().tick_hz,
        delay_secs: Some(settings.spectators.delay_secs()).filter(|&secs| wish.part == Role::Watch && secs > 0),
        protocol: PROTOCOL_VERSION,
    }))
}

/// Keeps a person from watching the match that they play in: a spectator who already plays there is refused, and a player who
/// watches there stops watching.
fn keep_apart(lobby: &Lobby, session: SessionId, presence: Presence, shard: usize) -> Result<(), Refusal> {
    match presence.part {
        Role::Watch if !lobby.directory.appear(session, presence, Role::Play).is_empty() => {
            lobby.directory.withdraw(session);
            return Err(Refusal::OwnMatch { room: presence.room });
        }
        Role::Watch => {}
        Role::Play => {
            for watcher in lobby.directory.appear(session, presence, Role::Watch) {
                if !lobby.directory.withdraw(watcher) {
                    let text = "somebody of your address or account plays in this match now".to_owned();
                    let reason = DisconnectReason::Kicked;
                    if !(lobby.send)(shard, ShardCommand::EndSession { session: watcher, reason, text }) {
                        warn!(session = %watcher, "the shard is too busy to end the session of a player who watches itself");
                    }
                }
            }
        }
    }
    Ok(())
}

/// Parses and checks a request, so that nothing after this has to.
fn wish(lobby: &Lobby, headers: &HeaderMap, body: Result<Bytes, BytesRejection>) -> Result<Wish, Refusal> {
    if !http::is_json(headers) {
        return Err(Refusal::NotJson);
    }
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge { limit: BODY_BYTES_MAX },
        _ => Refusal::BadRequest(rejection.body_text()),
    })?;
    let request: JoinRequest =
        http::from_object(&body).map_err(|error| Refusal::BadRequest(format!("the body is no join: {error}")))?;
    let config = lobby.config.load();
    let games = lobby.config.games();
    let name = PlayerName::parse(&request.name, &config.name)?;
    let game = request.game.as_deref().map(|game| games.named(game)).transpose().map_err(Refusal::UnknownGame)?;
    let room = request.room.map(RoomId);
    // The mode belongs to the requested game, else to the room's game, else to the default game.
    let meant = || {
        let room = room.and_then(|room| lobby.directory.room(room)).map(|room| room.played.game);
        game.or(room).unwrap_or_else(|| config.default_game(games))
    };
    let mode = request.mode.as_deref().map(|mode| mode_named(meant().modes(), mode)).transpose();
    Ok(Wish {
        name,
        game,
        mode: mode.map_err(Refusal::UnknownMode)?,
        room,
        part: if request.spectate { Role::Watch } else { Role::Play },
    })
}

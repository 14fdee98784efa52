//! The description of the server: `/api/server` and `/api/rooms`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use serde::Serialize;
use shared::{RoomId, limits::PROTOCOL_VERSION};

use super::{Lobby, address::Reached, refusal::Refusal, rendered::Rendered};
use crate::{
    base::{cpu_limit::CpuLimit, process},
    config::{Config, Spectators},
    directory::{
        RoomHandle,
        room_view::{Facts, Percentiles, PlayerView, RoomView},
    },
    games::{Hosted, PackedPage},
    security::certificates::Certificates,
};

/// Most players per room in the list of rooms, the best first; the answer about one room has all of them.
const LISTED_PLAYERS_MAX: usize = 32;

#[derive(Serialize)]
pub(super) struct ServerAnswer {
    name: String,
    version: &'static str,
    protocol: u16,
    tick_hz: u16,
    /// The game of a room if a join names none.
    game: &'static str,
    games: Vec<GameAnswer>,
    /// The mode of a room if a join names neither game nor mode.
    mode: &'static str,
    modes: &'static [&'static str],
    room_size: u16,
    /// The rule for spectators: off, delayed or live.
    spectators: Spectators,
    transports: Transports,
    #[serde(flatten)]
    certificates: CertificateHashes,
    players: u32,
    players_max: u32,
    rooms: usize,
    rooms_max: u32,
    shards: usize,
    uptime_s: f64,
    cpu_s: f64,
    memory_bytes: u64,
    /// A sentence about how often a CPU limit stopped the server lately, if that slows it down.
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_limit: Option<String>,
    draining: bool,
    /// The folder of the files of the default game's page, the WebAssembly module among them; each build has its own.
    page: Option<String>,
}

/// A game that a join can name.
#[derive(Serialize)]
struct GameAnswer {
    name: &'static str,
    /// Version of its rules and layouts: a client of another version is refused.
    version: u16,
    /// The mode of a room for a join that asks for none.
    mode: &'static str,
    modes: &'static [&'static str],
    /// The path of its page, if it has one.
    page: Option<String>,
}

/// One entry per transport.
#[derive(Serialize)]
struct Transports {
    quic: Quic,
    webtransport: WebTransport,
    websocket: WebSocket,
}

/// The certificates that QUIC and WebTransport may show, SHA-256 in hexadecimal.
#[derive(Serialize)]
pub(super) struct CertificateHashes {
    /// The certificate in use now.
    certificate_sha256: String,
    /// All certificates that may be in use now, the current one first: two while one replaces the other. Empty if clients should verify
    /// the certificate by its authority.
    certificate_hashes: Vec<String>,
}

impl CertificateHashes {
    pub(super) fn new(certificates: &Certificates) -> Self {
        Self { certificate_sha256: certificates.shown_sha256(), certificate_hashes: certificates.hashes() }
    }
}

#[derive(Serialize)]
struct Quic {
    /// `host:port`, one per shard; the answer to a join names the right one.
    addresses: Vec<String>,
    alpn: &'static str,
}

#[derive(Serialize)]
struct WebTransport {
    /// One per shard; the answer to a join names the right one.
    urls: Vec<String>,
}

#[derive(Serialize)]
struct WebSocket {
    /// URL without the number of a shard; the answer to a join has the whole URL.
    url: String,
    subprotocol: &'static str,
}

#[derive(Serialize)]
pub(super) struct RoomAnswer {
    id: u32,
    game: &'static str,
    mode: &'static str,
    shard: usize,
    seats: u16,
    /// Seats of players, reserved or in use.
    taken: u32,
    tick: u32,
    map: String,
    phase: String,
    humans: u32,
    /// Humans without a link, whose session is held.
    away: u32,
    spectators: u32,
    opponents: u32,
    /// The keys that the game defines, in the room and in its players, in the game's order.
    match_facts: Vec<String>,
    player_facts: Vec<String>,
    /// Facts about the match, defined by the game.
    #[serde(flatten)]
    facts: Facts,
    /// Every player, opponents included, the best first.
    players: Vec<PlayerView>,
    tick_ms: Percentiles,
    late_ms: Percentiles,
    down_bytes_per_s: f64,
    up_bytes_per_s: f64,
    overload_rung: u8,
}

#[derive(Serialize)]
pub(super) struct RoomsAnswer {
    rooms: Vec<RoomAnswer>,
}

/// Recent answers, which are sent again to other clients.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By the address by which the client reached the server, because the addresses in the answer depend on it.
    server: Rendered<String>,
    /// By the room; `None` for the list of rooms.
    rooms: Rendered<Option<RoomId>>,
}

pub(super) async fn server(
    State(lobby): State<Arc<Lobby>>,
    Extension(answers): Extension<Arc<Answers>>,
    reached: Reached,
) -> Response {
    answers.server.json(format!("{reached:?}"), Instant::now(), || server_answer(&lobby, &reached))
}

fn server_answer(lobby: &Lobby, reached: &Reached) -> ServerAnswer {
    let usage = process::usage();
    let config = lobby.config.load();
    let played = config.played(lobby.config.games());
    ServerAnswer {
        name: config.name.clone(),
        version: env!("CARGO_PKG_VERSION"),
        protocol: PROTOCOL_VERSION,
        tick_hz: config.tick_hz,
        game: played.game.name(),
        games: lobby.config.games().iter().map(|game| GameAnswer::new(game, &config)).collect(),
        mode: played.mode_name(),
        modes: played.game.modes(),
        room_size: config.room_size,
        spectators: config.spectators,
        transports: Transports {
            quic: Quic { addresses: lobby.udp.iter().map(|&udp| reached.udp(udp)).collect(), alpn: "ricochet/1" },
            webtransport: WebTransport { urls: lobby.udp.iter().map(|&udp| reached.webtransport(udp)).collect() },
            websocket: WebSocket { url: reached.websocket(), subprotocol: super::play::SUBPROTOCOL },
        },
        certificates: CertificateHashes::new(&lobby.certificates),
        players: lobby.directory.players(),
        players_max: lobby.directory.players_max(),
        rooms: lobby.directory.rooms().len(),
        rooms_max: config.max_rooms,
        shards: lobby.udp.len(),
        uptime_s: Instant::now().duration_since(lobby.started).as_secs_f64(),
        cpu_s: usage.map_or(Duration::ZERO, |usage| usage.cpu).as_secs_f64(),
        memory_bytes: usage.map_or(0, |usage| usage.resident_bytes),
        cpu_limit: CpuLimit::of_this_process().recent().in_words(),
        draining: lobby.matchmaker.is_draining(),
        page: played.game.page().map(PackedPage::folder),
    }
}

impl GameAnswer {
    fn new(game: &'static dyn Hosted, config: &Config) -> Self {
        Self {
            name: game.name(),
            version: game.version(),
            mode: config.played_of(game).mode_name(),
            modes: game.modes(),
            page: game.page().map(|_| super::page::address(game)),
        }
    }
}

pub(super) async fn rooms(State(lobby): State<Arc<Lobby>>, Extension(answers): Extension<Arc<Answers>>) -> Response {
    answers.rooms.json(None, Instant::now(), || {
        let rooms = lobby.directory.rooms();
        RoomsAnswer { rooms: rooms.iter().map(|room| RoomAnswer::new(room, LISTED_PLAYERS_MAX)).collect() }
    })
}

pub(super) async fn room(
    State(lobby): State<Arc<Lobby>>,
    Extension(answers): Extension<Arc<Answers>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = id.parse().map_err(|_| Refusal::BadRequest("a room's id is a number".to_owned()))?;
    let room = lobby.directory.room(RoomId(id)).ok_or(Refusal::UnknownRoom { room: RoomId(id) })?;
    Ok(answers.rooms.json(Some(room.id), Instant::now(), || RoomAnswer::new(&room, usize::MAX)))
}

impl RoomAnswer {
    fn new(room: &RoomHandle, players_max: usize) -> Self {
        let view = room.view();
        let RoomView {
            tick,
            humans,
            spectators,
            tick_ms,
            late_ms,
            down_bytes_per_s,
            up_bytes_per_s,
            overload_rung,
            ..
        } = *view;
        Self {
            id: room.id.0,
            game: room.played.game.name(),
            mode: room.played.mode_name(),
            shard: room.shard,
            seats: room.seats,
            taken: room.taken(),
            tick,
            map: view.map.clone(),
            phase: view.phase.clone(),
            humans,
            away: view.away,
            spectators,
            opponents: view.players.iter().filter(|player| player.opponent).count() as u32,
            match_facts: view.facts.names(),
            player_facts: Facts::names_of(view.players.iter().map(|player| &player.facts)),
            facts: view.facts.clone(),
            players: view.players.iter().take(players_max).cloned().collect(),
            tick_ms,
            late_ms,
            down_bytes_per_s,
            up_bytes_per_s,
            overload_rung,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        directory::{Directory, room_view::ROOM_KEYS},
        games::testing,
        session::Key,
    };

    #[test]
    fn keys_of_a_room_are_known_so_that_no_fact_of_a_game_has_them() {
        let room = Directory::new(1, 10, Key::random()).new_room(0, testing::played(), 8);
        let answer = serde_json::to_value(RoomAnswer::new(&room, 0)).unwrap();
        for key in answer.as_object().unwrap().keys() {
            assert!(ROOM_KEYS.contains(&key.as_str()), "{key}");
        }
    }
}

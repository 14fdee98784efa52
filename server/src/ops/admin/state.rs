//! `GET /admin/api/state`: the data that the page shows once a second. Most of it is in the rooms' published views. The figures of each
//! link come from the shards on request, so that they cost nothing while no page is open.

use std::{sync::Arc, time::Instant};

use axum::{Extension, Json, extract::State};
use serde::Serialize;
use shared::{PlayerId, game::Profile, limits::PROTOCOL_VERSION};

use super::{Admin, access::Who};
use crate::{
    base::process,
    directory::{
        Directory, RoomHandle,
        drain::Status,
        room_view::{Facts, Percentiles, RoomView},
    },
    games::Hosted,
    lobby::matchmaker::SHARD_PATIENCE,
    logging,
    session::SessionId,
    shard::{Conditions, LinkLook, RoomLook, ShardLook},
};

#[derive(Serialize)]
pub(super) struct StateAnswer {
    /// The name of the administrator's token.
    who: String,
    server: ServerState,
    shards: Vec<ShardState>,
    rooms: Vec<RoomState>,
}

#[derive(Serialize)]
struct ServerState {
    name: String,
    version: &'static str,
    protocol: u16,
    /// The game of a room if a join names none.
    game: &'static str,
    games: Vec<&'static str>,
    mode: &'static str,
    room_size: u16,
    tick_hz: u16,
    /// `serving`, `draining` with the seconds that are left, or `ending`.
    status: String,
    uptime_s: f64,
    players_max: u32,
    cpu_s: f64,
    memory_bytes: u64,
    open_files: u64,
}

#[derive(Serialize)]
struct ShardState {
    shard: usize,
    alive: bool,
    commands_waiting: usize,
    /// Smoothed load, 0 to 1. This and the fields below are missing if the shard does not answer.
    load: Option<f64>,
    rung: Option<u8>,
    /// Links that have not joined yet, or are closing.
    strangers: Option<usize>,
}

#[derive(Serialize)]
struct RoomState {
    id: u32,
    shard: usize,
    game: &'static str,
    mode: &'static str,
    map: String,
    maps: Vec<String>,
    phase: String,
    /// The keys that the game defines, in the room and in its players, in the game's order.
    match_facts: Vec<String>,
    player_facts: Vec<String>,
    /// Facts about the match, defined by the game.
    #[serde(flatten)]
    facts: Facts,
    tick: u32,
    seats: u16,
    humans: u32,
    spectators: u32,
    tick_ms: Percentiles,
    late_ms: Percentiles,
    down_bytes_per_s: f64,
    up_bytes_per_s: f64,
    /// The conditions for links of members who join.
    condition: Option<Conditions>,
    players: Vec<PlayerState>,
}

#[derive(Serialize)]
struct PlayerState {
    player: u16,
    name: Option<String>,
    opponent: bool,
    spectator: bool,
    /// Missing for computer opponents.
    session: Option<SessionId>,
    /// It has no link, and its session is held.
    held: bool,
    /// The last address of a held session, in the form that the settings of the log allow.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_address: Option<String>,
    /// Facts about the player, defined by the game.
    #[serde(flatten)]
    facts: Facts,
    #[serde(flatten)]
    link: Option<LinkState>,
}

#[derive(Serialize)]
struct LinkState {
    transport: &'static str,
    /// In the form that the settings of the log allow.
    address: String,
    rtt_ms: Option<f64>,
    ack_ms: Option<f64>,
    loss: Option<f64>,
    /// A judgement of the figures below in one word.
    quality: Quality,
    inputs: Inputs,
    snapshots_skipped: u32,
    down_bytes: u64,
    up_bytes: u64,
    age_s: f64,
    blocked: bool,
    muted: bool,
    condition: Option<Conditions>,
}

/// The quality of a link for its player.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Quality {
    Good,
    Fair,
    Poor,
}

#[derive(Serialize)]
struct Inputs {
    applied: u32,
    late: u32,
    early: u32,
    missing: u32,
    view_ages_cut: u32,
}

pub(super) async fn state(State(admin): State<Arc<Admin>>, Extension(who): Extension<Who>) -> Json<StateAnswer> {
    let looks = admin.shards.look().await;
    let lobby = &admin.lobby;
    let now = Instant::now();
    let shards = lobby.directory.shards().iter().zip(&looks).enumerate();
    let shards = shards.map(|(shard, (status, look))| ShardState {
        shard,
        alive: status.is_alive(now, SHARD_PATIENCE),
        commands_waiting: admin.shards.waiting(shard),
        load: look.as_ref().map(|look| look.load),
        rung: look.as_ref().map(|look| look.rung),
        strangers: look.as_ref().map(|look| look.strangers),
    });
    let rooms = lobby.directory.rooms();
    let rooms = rooms.iter().map(|room| RoomState::new(room, &looks, &lobby.directory));
    Json(StateAnswer {
        who: who.0.to_string(),
        server: ServerState::new(&admin, now),
        shards: shards.collect(),
        rooms: rooms.collect(),
    })
}

impl ServerState {
    fn new(admin: &Admin, now: Instant) -> Self {
        let lobby = &admin.lobby;
        let config = lobby.config.load();
        let (usage, played) = (process::usage(), config.played(lobby.config.games()));
        Self {
            name: config.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            protocol: PROTOCOL_VERSION,
            game: played.game.name(),
            games: lobby.config.games().iter().map(Hosted::name).collect(),
            mode: played.mode_name(),
            room_size: config.room_size,
            tick_hz: config.tick_hz,
            status: match lobby.drainer.status() {
                Status::Serving => "serving".to_owned(),
                Status::Draining { left } => format!("draining, {} s left", left.as_secs_f64().ceil()),
                Status::Ending => "ending".to_owned(),
            },
            uptime_s: now.duration_since(lobby.started).as_secs_f64(),
            players_max: lobby.directory.players_max(),
            cpu_s: usage.map_or(0.0, |usage| usage.cpu.as_secs_f64()),
            memory_bytes: usage.map_or(0, |usage| usage.resident_bytes),
            open_files: usage.map_or(0, |usage| usage.open_files),
        }
    }
}

impl RoomState {
    fn new(room: &RoomHandle, looks: &[Option<ShardLook>], directory: &Directory) -> Self {
        let view = room.view();
        let RoomView { tick, humans, spectators, tick_ms, late_ms, down_bytes_per_s, up_bytes_per_s, .. } = *view;
        let look = looks.get(room.shard).and_then(Option::as_ref);
        let look = look.and_then(|look| look.rooms.iter().find(|look| look.id == room.id));
        Self {
            id: room.id.0,
            shard: room.shard,
            game: room.played.game.name(),
            mode: room.played.mode_name(),
            map: view.map.clone(),
            maps: look.map(|look| look.maps.clone()).unwrap_or_default(),
            phase: view.phase.clone(),
            match_facts: view.facts.names(),
            player_facts: Facts::names_of(view.players.iter().map(|player| &player.facts)),
            facts: view.facts.clone(),
            tick,
            seats: room.seats,
            humans,
            spectators,
            tick_ms,
            late_ms,
            down_bytes_per_s,
            up_bytes_per_s,
            condition: look.and_then(|look| look.condition).map(Conditions::from),
            players: look.map(|look| players(look, directory)).unwrap_or_default(),
        }
    }
}

/// Every player with a seat, the best first, then the spectators.
fn players(look: &RoomLook, directory: &Directory) -> Vec<PlayerState> {
    let new = |player: u16, profile: Option<&Profile>| {
        let link = look.links.iter().find(|link| link.player == player);
        let held = look.held.iter().find(|held| held.player == player);
        PlayerState {
            player,
            name: profile.map(|profile| profile.name.clone()),
            opponent: profile.is_some_and(|profile| profile.opponent),
            spectator: profile.is_none(),
            session: link.map(|link| link.session).or(held.map(|held| held.session)),
            held: held.is_some(),
            last_address: held.and_then(|held| held.address).map(|address| logging::address(address).to_string()),
            facts: Facts::of_player(profile.map(|_| look.summary.of(PlayerId(player)).to_vec()).unwrap_or_default()),
            link: link.map(|link| LinkState::new(link, directory)),
        }
    };
    let is_seated = |player: u16| look.roster.iter().any(|(seated, _)| seated.0 == player);
    let others = look.links.iter().map(|link| link.player).chain(look.held.iter().map(|held| held.player));
    let mut seated: Vec<_> = look.roster.iter().collect();
    let rank = |player: PlayerId| look.summary.players.iter().position(|&(ranked, _)| ranked == player);
    seated.sort_by_key(|&&(player, _)| rank(player).unwrap_or(usize::MAX));
    let seated = seated.into_iter().map(|(player, profile)| new(player.0, Some(profile)));
    seated.chain(others.filter(|&player| !is_seated(player)).map(|player| new(player, None))).collect()
}

impl LinkState {
    fn new(link: &LinkLook, directory: &Directory) -> Self {
        let ms = |us: u32| f64::from(us) / 1_000.0;
        let stats = link.stats;
        Self {
            transport: link.transport,
            address: logging::address(link.address).to_string(),
            rtt_ms: link.rtt.map(|rtt| rtt.as_secs_f64() * 1_000.0),
            ack_ms: (stats.ack_us > 0).then(|| ms(stats.ack_us)),
            loss: link.loss,
            quality: quality(link),
            inputs: Inputs {
                applied: stats.inputs_applied,
                late: stats.inputs_late,
                early: stats.inputs_early,
                missing: stats.inputs_missing,
                view_ages_cut: stats.view_ages_cut,
            },
            snapshots_skipped: stats.snapshots_skipped,
            down_bytes: link.down_bytes,
            up_bytes: link.up_bytes,
            age_s: link.age.as_secs_f64(),
            blocked: link.blocked,
            muted: directory.mutes.holds(link.session),
            condition: link.condition.map(Conditions::from),
        }
    }
}

/// Judges a link by what its player notices: missing inputs, and late or lost snapshots.
fn quality(link: &LinkLook) -> Quality {
    let stats = link.stats;
    let ticks = stats.inputs_applied + stats.inputs_missing;
    let missing = f64::from(stats.inputs_missing) / f64::from(ticks.max(1));
    let loss = link.loss.unwrap_or(0.0);
    let beyond =
        |missing_max, loss_max, ack_us_max| missing > missing_max || loss > loss_max || stats.ack_us > ack_us_max;
    if link.blocked || beyond(0.10, 0.05, 300_000) {
        Quality::Poor
    } else if beyond(0.03, 0.01, 150_000) {
        Quality::Fair
    } else {
        Quality::Good
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use room::PlayerStats;

    use super::*;
    use crate::directory::room_view::{PLAYER_KEYS, ROOM_KEYS};

    fn link(stats: PlayerStats, loss: Option<f64>, blocked: bool) -> LinkLook {
        LinkLook {
            player: 0,
            session: SessionId(1),
            address: "203.0.113.7:1".parse().unwrap(),
            transport: "quic",
            rtt: None,
            loss,
            down_bytes: 0,
            up_bytes: 0,
            age: Duration::ZERO,
            blocked,
            condition: None,
            stats,
        }
    }

    /// The keys of an object.
    fn keys(value: &impl Serialize) -> Vec<String> {
        serde_json::to_value(value).unwrap().as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn keys_of_the_engine_are_known_so_that_no_fact_of_a_game_has_them() {
        let directory = Directory::new(1, 10, crate::session::Key::random());
        let room = directory.new_room(0, crate::games::testing::played(), 8);
        for key in keys(&RoomState::new(&room, &[], &directory)) {
            assert!(ROOM_KEYS.contains(&key.as_str()), "{key}");
        }
        let link = link(PlayerStats::default(), None, false);
        let player = PlayerState {
            player: 0,
            name: None,
            opponent: false,
            spectator: false,
            session: None,
            held: true,
            last_address: Some(String::new()),
            facts: Facts::default(),
            link: Some(LinkState::new(&link, &directory)),
        };
        for key in keys(&player) {
            assert!(PLAYER_KEYS.contains(&key.as_str()), "{key}");
        }
    }

    #[test]
    fn quality_is_that_of_the_worst_figure() {
        let inputs =
            |missing| PlayerStats { inputs_applied: 100 - missing, inputs_missing: missing, ..PlayerStats::default() };
        let ack = |ack_us| PlayerStats { ack_us, ..PlayerStats::default() };
        for (link, expected) in [
            (link(PlayerStats::default(), None, false), Quality::Good),
            (link(inputs(3), Some(0.01), false), Quality::Good),
            (link(inputs(4), None, false), Quality::Fair),
            (link(inputs(11), None, false), Quality::Poor),
            (link(ack(150_001), None, false), Quality::Fair),
            (link(ack(300_001), None, false), Quality::Poor),
            (link(inputs(0), Some(0.02), false), Quality::Fair),
            (link(inputs(0), Some(0.06), false), Quality::Poor),
            (link(inputs(0), None, true), Quality::Poor),
        ] {
            assert_eq!(quality(&link), expected, "{link:?}");
        }
    }
}

//! Configuration of a room, and the request to join one.

use shared::{
    Tick, TickRate,
    game::{Game, MapOf},
};

/// Configuration of a room.
#[derive(Clone, Debug)]
pub struct RoomConfig<G: Game> {
    /// Number of the room, sent to clients.
    pub id: u32,
    /// Name of the server, sent to clients; at most `NAME_BYTES_MAX` bytes.
    pub server: String,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Settings of the game, as the host chose them.
    pub settings: G::Settings,
    /// Seats for players and opponents together, at most `ROOM_PLAYERS_MAX`.
    pub seats: u16,
    /// Computer opponents fill the room up to this many players; 0 for no opponents.
    pub fill: u16,
    /// Maps, played in this order; at least one.
    pub maps: Vec<MapOf<G>>,
    /// Overrides the interest radius of the maps, px.
    pub interest_px: Option<u32>,
    /// Budget of a player's snapshots, bytes per second.
    pub player_bytes_per_sec: u32,
    /// Budget of a player that asks for plain snapshots, bytes per second.
    pub plain_bytes_per_sec: u32,
    /// Delay of what spectators see, seconds; 0 for no delay.
    pub spectator_delay_secs: u32,
    /// The tick before the first one. Tests use it for rooms that have run for a long time.
    pub start_tick: Tick,
}

impl<G: Game> RoomConfig<G> {
    /// A room on one map, with default settings.
    pub fn new(map: MapOf<G>, tick_rate: TickRate) -> Self {
        Self {
            id: 1,
            server: "Ricochet".to_owned(),
            tick_rate,
            settings: G::Settings::default(),
            seats: 16,
            fill: 0,
            maps: vec![map],
            interest_px: None,
            player_bytes_per_sec: PLAYER_BYTES_PER_SEC,
            plain_bytes_per_sec: PLAIN_BYTES_PER_SEC,
            spectator_delay_secs: 0,
            start_tick: Tick(0),
        }
    }
}

/// Default budget of a player's snapshots, bytes per second. It bounds what a player costs, however many entities are around it.
pub const PLAYER_BYTES_PER_SEC: u32 = 8_000;
/// Default budget of plain snapshots, bytes per second. Plain snapshots contain every move of every entity. A full datagram in each of
/// thirty ticks is enough for sixteen players without a wait.
pub const PLAIN_BYTES_PER_SEC: u32 = 36_000;

/// A request to join a room.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Name that other players see.
    pub name: String,
    /// The client wants absolute values instead of deltas, and does not extrapolate.
    pub plain: bool,
    /// The link neither loses nor reorders messages, so everything that was sent counts as acknowledged.
    pub reliable: bool,
}

/// The reason why a player or a spectator cannot join.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JoinError {
    /// No seat is free.
    #[error("all {seats} seats are taken")]
    Full {
        /// Seats of the room.
        seats: u16,
    },
    /// Spectators see the room with a delay, and the room is younger than that delay.
    #[error(
        "there is nothing to watch yet: spectators see this room {delay_secs} s late, and it opened less than {delay_secs} s ago"
    )]
    TooEarly {
        /// The spectator delay, seconds.
        delay_secs: u32,
    },
    /// The game has panicked or broken its contract, so the room has ended.
    #[error("a fault in the game ended the room")]
    Failed,
    /// The room has its maximum of spectators.
    #[error("all {spectators} spectator slots are taken")]
    Crowded {
        /// Number of spectators in the room.
        spectators: usize,
    },
}

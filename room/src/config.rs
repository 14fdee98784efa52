//! What a room is made of, and who asks to join it.

use shared::{
    Tick, TickRate,
    game::{Game, MapOf},
};

/// What a room is made of.
#[derive(Clone, Debug)]
pub struct RoomConfig<G: Game> {
    /// The room's number, told to clients.
    pub id: u32,
    /// The server's name, told to clients; at most `NAME_BYTES_MAX` bytes.
    pub server: String,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// What the host has set about the game.
    pub settings: G::Settings,
    /// Seats for players and opponents together, at most `ROOM_PLAYERS_MAX`.
    pub seats: u16,
    /// Computer opponents keep the room at this many players; 0 for none.
    pub fill: u16,
    /// Played in turn, at least one.
    pub maps: Vec<MapOf<G>>,
    /// Overrides the maps' own radius of interest, px.
    pub interest_px: Option<u32>,
    /// Bytes per second of snapshots one player gets at most.
    pub player_bytes_per_sec: u32,
    /// The same for a player that asks for plain snapshots.
    pub plain_bytes_per_sec: u32,
    /// Seconds that spectators see everything later than players; 0 for at once.
    pub spectator_delay_secs: u32,
    /// The number of the tick before the first, for tests of rooms that have run for long.
    pub start_tick: Tick,
}

impl<G: Game> RoomConfig<G> {
    /// A room of usual settings on one map.
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

/// Snapshot bytes per second and player unless configured: what a crowd of any size is allowed to cost.
pub const PLAYER_BYTES_PER_SEC: u32 = 8_000;
/// The same for plain snapshots, which tell every move of everything: a full datagram in each of thirty ticks, so that in a room of
/// sixteen nothing waits.
pub const PLAIN_BYTES_PER_SEC: u32 = 36_000;

/// A player who joins.
#[derive(Clone, Debug)]
pub struct Joining {
    /// Shown to others.
    pub name: String,
    /// Wants absolute values instead of deltas to extrapolate.
    pub plain: bool,
    /// The link loses and reorders nothing, so everything sent counts as acknowledged.
    pub reliable: bool,
}

/// Why a player cannot join.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JoinError {
    /// No seat is free.
    #[error("all {seats} seats are taken")]
    Full {
        /// Seats of the room.
        seats: u16,
    },
    /// Spectators see what was, and the room was not there yet.
    #[error(
        "there is nothing to watch yet: the room opened less than {delay_secs} s ago, and is shown {delay_secs} s late"
    )]
    TooEarly {
        /// The delay.
        delay_secs: u32,
    },
    /// The game of the room has failed.
    #[error("a fault in the game ended the room")]
    Failed,
    /// Too many watch already.
    #[error("{spectators} are watching already, and no more may")]
    Crowded {
        /// Spectators of the room.
        spectators: usize,
    },
}

//! What a room shows of itself to the rest of the server: published by its shard a few times a second, read by anyone.

use arena::event::{MatchPhase, Team};
use serde::Serialize;

/// What a room looked like a moment ago.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RoomView {
    /// The newest tick.
    pub tick: u32,
    /// Name of the map.
    pub map: String,
    /// Where the match is.
    #[serde(serialize_with = "phase_name")]
    pub phase: MatchPhase,
    /// Everyone with a seat, opponents included.
    pub players: Vec<PlayerView>,
    /// Players who are no opponents.
    pub humans: u32,
    /// Those of them whose link is gone and who are awaited.
    pub away: u32,
    /// Those who only watch.
    pub spectators: u32,
    /// Work of one tick of this room, milliseconds, over the last seconds.
    pub tick_ms: Percentiles,
    /// How late its ticks began, milliseconds, over the last seconds.
    pub late_ms: Percentiles,
    /// Payload sent to its players, bytes per second.
    pub down_bytes_per_s: f64,
    /// Payload received from its players, bytes per second.
    pub up_bytes_per_s: f64,
    /// Rung of the overload ladder, 0 is full quality.
    pub overload_rung: u8,
}

/// One player as others may see it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlayerView {
    /// Shown name.
    pub name: String,
    /// Side.
    #[serde(serialize_with = "team_name")]
    pub team: Team,
    /// Whether a computer plays it.
    pub opponent: bool,
    /// Whether its link is gone and it is awaited.
    pub away: bool,
    /// Points of this match.
    pub score: i32,
    /// Deaths of this match.
    pub deaths: u32,
}

/// A distribution in three numbers.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// One in a hundred is above.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

impl Default for RoomView {
    fn default() -> Self {
        Self {
            tick: 0,
            map: String::new(),
            phase: MatchPhase::WarmUp,
            players: Vec::new(),
            humans: 0,
            away: 0,
            spectators: 0,
            tick_ms: Percentiles::default(),
            late_ms: Percentiles::default(),
            down_bytes_per_s: 0.0,
            up_bytes_per_s: 0.0,
            overload_rung: 0,
        }
    }
}

pub(crate) fn phase_name<S: serde::Serializer>(phase: &MatchPhase, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match phase {
        MatchPhase::WarmUp => "warm-up",
        MatchPhase::Running => "running",
        MatchPhase::Results => "results",
    })
}

pub(crate) fn team_name<S: serde::Serializer>(team: &Team, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match team {
        Team::None => "none",
        Team::Red => "red",
        Team::Blue => "blue",
    })
}

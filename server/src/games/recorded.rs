//! Recordings of any game, as the rest of the server sees them.

use std::any::Any;

use room::record::{Damage, Ended, SessionNote};
use shared::{
    PlayerId, Tick, TickRate,
    game::{Difference, Part, Summary},
};

use super::Played;

/// What there is to know of a recording without playing it.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordInfo {
    /// What was played.
    pub played: Played,
    /// The version of the game that wrote it.
    pub game_version: u16,
    /// The room's number.
    pub room: u32,
    /// The shard that ran it.
    pub shard: u16,
    /// The server's name.
    pub server: String,
    /// The map.
    pub map: String,
    /// Seats of the room.
    pub seats: u16,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// The chance of the match when the file was begun.
    pub chance: u64,
    /// What wrote it, in words.
    pub build: String,
    /// Version of the wire then.
    pub protocol: u16,
    /// When it was begun.
    pub started_unix_ms: u64,
    /// Whether it was made by this program's rules.
    pub is_of_these_rules: bool,
    /// The tick of the first checkpoint.
    pub first: Tick,
    /// The last tick.
    pub last: Tick,
    /// Ticks that can be played.
    pub ticks: u32,
    /// Checkpoints in it.
    pub checkpoints: usize,
    /// Good chunks.
    pub chunks: usize,
    /// What cannot be read.
    pub damage: Vec<Damage>,
    /// How the match ended, if it was recorded to its end.
    pub end: Option<RecordedEnd>,
    /// Size of the file.
    pub bytes: usize,
}

/// How a recorded match ended.
#[derive(Clone, PartialEq, Debug)]
pub struct RecordedEnd {
    /// Why.
    pub ended: Ended,
    /// Everybody's names, by seat.
    pub names: Vec<(PlayerId, String)>,
    /// What the game said then.
    pub summary: Summary,
}

/// What came of playing a recording; see [`room::record::Verified`].
#[derive(Clone, PartialEq, Debug)]
pub struct VerifiedRecord {
    /// What it is.
    pub info: RecordInfo,
    /// Whether everything was there and became what was recorded.
    pub is_sound: bool,
    /// Ticks that were played and compared.
    pub ticks: u32,
    /// Ticks that became something else.
    pub ticks_differing: u32,
    /// Checkpoints compared.
    pub checkpoints: u32,
    /// Ticks times the humans in them.
    pub human_ticks: u64,
    /// Ticks times the players in them, opponents included.
    pub player_ticks: u64,
    /// Humans, each as often as it came.
    pub humans: usize,
    /// Parts that are missing.
    pub gaps: Vec<(Tick, Tick)>,
    /// The first tick that became something else.
    pub first_difference: Option<FirstDifference>,
}

/// See [`room::record::FirstDifference`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FirstDifference {
    /// The tick.
    pub tick: Tick,
    /// The one part that differs there, if it is one.
    pub part: Option<Part>,
    /// In what the next checkpoint differs.
    pub fields: Vec<Difference>,
    /// The tick of that checkpoint.
    pub checkpoint: Option<Tick>,
}

/// A match that a recording leads to, and what is known of it.
#[derive(Debug)]
pub struct RecoveredRoom {
    /// What the recording is.
    pub info: RecordInfo,
    /// The newest tick.
    pub tick: Tick,
    /// The chance of the match by then.
    pub chance: u64,
    /// Players who are no opponents, by seat.
    pub humans: Vec<PlayerId>,
    /// Whose sessions its players are.
    pub sessions: Vec<SessionNote>,
    /// Ticks that were played from the last checkpoint on.
    pub replayed: u32,
    /// Whether a tick became something else than was recorded.
    pub diverged: bool,
    /// Everything before this byte leads to it.
    pub good_bytes: usize,
    /// The match, in its game's own type: [`super::PreparedGame::reopen`] knows it.
    pub(super) state: Box<dyn Any + Send>,
}

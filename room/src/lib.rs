//! The authority of one match: inputs in, ticks forward, bytes out.
//!
//! stub of signatures, the room's author is filling it in

#![allow(missing_docs, unused_variables, dead_code, clippy::todo)]

use std::sync::Arc;

use shared::{PlayerId, Tick, TickRate, map::Map, wire::{Mode, PlayerInfo, MatchPhase, InputMessage}};

/// What a room is made of.
#[derive(Clone, Debug)]
pub struct RoomConfig {
    /// The room's number, told to clients.
    pub id: u32,
    /// The server's name, told to clients.
    pub server: String,
    pub tick_rate: TickRate,
    pub mode: Mode,
    /// Seats for players and opponents together.
    pub seats: u16,
    /// Computer opponents keep the room at this many crafts.
    pub fill: u16,
    /// Played in turn, at least one.
    pub maps: Vec<Arc<Map>>,
    /// Overrides the maps' own radius, px.
    pub interest_px: Option<u32>,
    /// Points that end a match.
    pub score_limit: u16,
    /// Seconds after which a match ends.
    pub match_secs: u32,
    /// Seconds of warm-up.
    pub warm_up_secs: u32,
    /// Seconds results are shown.
    pub results_secs: u32,
}

/// A player who joins.
#[derive(Clone, Debug)]
pub struct Joining {
    pub name: String,
    /// Wants absolute values.
    pub plain: bool,
    /// The link loses and reorders nothing (WebSocket, memory): everything sent counts as acked.
    pub reliable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JoinError {
    #[error("all {seats} seats are taken")]
    Full { seats: u16 },
}

/// Bytes for a player.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Output<'a> {
    pub player: PlayerId,
    pub channel: Channel,
    /// Kind of the message, see `shared::wire::kind`, for metrics.
    pub kind: u8,
    pub bytes: &'a [u8],
}

/// The delivery a message asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Channel {
    /// In order and surely.
    Reliable,
    /// Now or never: a newer one makes it worthless.
    Unreliable,
}

/// Parts of a tick, told to the shell as each ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Inputs taken, opponents have decided.
    Inputs,
    /// Rules applied, history recorded.
    Simulate,
    /// Interest and snapshots done.
    Replicate,
}

/// Counts since the room opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RoomStats {
    pub inputs_applied: u64,
    pub inputs_late: u64,
    pub inputs_early: u64,
    pub inputs_missing: u64,
    pub snapshots: u64,
    pub updates: u64,
    pub snapshots_skipped: u64,
}

pub struct Room {}

impl Room {
    pub fn new(config: RoomConfig, seed: u64) -> Self { todo!() }
    /// Next calls' outputs begin with welcome, map, roster for this player. Takes an opponent's seat if need be.
    pub fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError> { todo!() }
    pub fn leave(&mut self, player: PlayerId) { todo!() }
    /// `until_tick_us`: microseconds from the arrival to the room's next tick (0 if it is due).
    pub fn handle_input(&mut self, player: PlayerId, input: &InputMessage, until_tick_us: u32) { todo!() }
    pub fn handle_chat(&mut self, player: PlayerId, text: &str) { todo!() }
    /// The client lost track (or the shell had to drop reliable messages): everything is sent whole again.
    pub fn resync(&mut self, player: PlayerId) { todo!() }
    /// A blocked player gets no snapshots until unblocked; nothing queues.
    pub fn set_blocked(&mut self, player: PlayerId, blocked: bool) { todo!() }
    /// Overload: 0 is full quality, 1 lowers far rates and budgets, 2 halves the snapshot rate as well.
    pub fn set_reduction(&mut self, rung: u8) { todo!() }
    /// One step, exactly.
    pub fn tick(&mut self) { self.tick_observed(|_| {}) }
    /// The same; `observe` is called as each phase ends, so that a shell with a clock can time them.
    pub fn tick_observed(&mut self, observe: impl FnMut(Phase)) { todo!() }
    pub fn poll_output(&mut self) -> Option<Output<'_>> { todo!() }
    /// The last tick made.
    pub fn now(&self) -> Tick { todo!() }
    /// Human players (without opponents).
    pub fn players(&self) -> usize { todo!() }
    pub fn stats(&self) -> RoomStats { todo!() }
    /// Every seat taken, opponents included, for published views.
    pub fn roster(&self) -> Vec<PlayerInfo> { todo!() }
    pub fn map_name(&self) -> &str { todo!() }
    pub fn phase(&self) -> MatchPhase { todo!() }
}

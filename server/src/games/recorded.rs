//! A match that a recording leads to, of any game.

use std::{any::Any, sync::Mutex};

use room::record::{ReplayInfo, SessionNote};
use shared::{PlayerId, Tick};

use super::Played;

/// A match that a recording leads to, and what is known of it.
#[derive(Debug)]
pub struct RecoveredRoom {
    /// Description of the recording.
    pub info: ReplayInfo,
    /// Game and mode.
    pub played: Played,
    /// The newest tick.
    pub tick: Tick,
    /// A hash of the match by then.
    pub hash: u64,
    /// Players who are no opponents, by seat.
    pub humans: Vec<PlayerId>,
    /// Whose sessions its players are.
    pub sessions: Vec<SessionNote>,
    /// Ticks that were played from the last checkpoint on.
    pub replayed: u32,
    /// True if a tick differs from its recording.
    pub diverged: bool,
    /// Everything before this byte leads to it.
    pub good_bytes: usize,
    /// The match, in its game's own types: [`super::PreparedGame::reopen`] knows them. Nobody waits for the lock: a game need not be
    /// `Sync`, and what holds this must be.
    pub(super) state: Mutex<Box<dyn Any + Send>>,
}

//! The match at the end of a recording, of any game.

use std::{any::Any, sync::Mutex};

use room::record::{ReplayInfo, SessionNote};
use shared::{PlayerId, Tick};

use super::Played;

/// The match at the end of a recording, with its description.
#[derive(Debug)]
pub struct RecoveredRoom {
    /// Description of the recording.
    pub info: ReplayInfo,
    /// The recorded game and mode.
    pub played: Played,
    /// The newest tick.
    pub tick: Tick,
    /// A hash of the match by then.
    pub hash: u64,
    /// Human players, by seat.
    pub humans: Vec<PlayerId>,
    /// The sessions of its players.
    pub sessions: Vec<SessionNote>,
    /// Ticks that were played from the last checkpoint on.
    pub replayed: u32,
    /// True if a tick differs from its recording.
    pub diverged: bool,
    /// Length of the part of the file that is whole; bytes after it are not used.
    pub good_bytes: usize,
    /// The match, in the types of its game, which [`super::PreparedGame::reopen`] knows. No code waits for the lock. It is there because
    /// a game need not be `Sync`, and this struct must be.
    pub(super) state: Mutex<Box<dyn Any + Send>>,
}

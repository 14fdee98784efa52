//! Games that are ready to be played: their current settings and maps, read and checked.

use std::{fmt, path::PathBuf};

use shared::TickRate;

use super::{Guarded, RecoveredRoom};

/// A game with its settings and maps, from which rooms open.
pub trait PreparedGame: fmt::Debug + Send + Sync {
    /// Opens a room.
    fn open(&self, setup: RoomSetup, mode: usize, seed: u64) -> Guarded;

    /// Opens a room in the middle of a recorded match, with the seats and settings of the recording. The sessions of humans are held.
    /// `seed` is for the matches after this one.
    fn reopen(&self, setup: RoomSetup, recovered: RecoveredRoom, seed: u64) -> Guarded;
}

/// The parameters of a room, the same for every game; see [`room::RoomConfig`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomSetup {
    /// The room's number.
    pub id: u32,
    /// The server's name.
    pub server: String,
    /// Ticks per second.
    pub tick_rate: TickRate,
    /// Seats for players and opponents together.
    pub seats: u16,
    /// Computer opponents keep the room at this many players.
    pub fill: u16,
    /// Overrides the maps' own radius of interest, px.
    pub interest_px: Option<u32>,
    /// Seconds that spectators see everything later than players.
    pub spectator_delay_secs: u32,
}

/// A file of a map, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MapFile {
    /// Its path, for errors.
    pub path: PathBuf,
    /// Its content, which the game parses.
    pub text: String,
}

/// Reasons why a game cannot be played.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PrepareError {
    /// A map is broken.
    #[error("{0}")]
    BrokenMap(String),
    /// A setting is not allowed.
    #[error("[games.{game}]: {reason}")]
    Settings {
        /// The game.
        game: &'static str,
        /// The reason.
        reason: String,
    },
    /// The folder or a file in it cannot be read.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// The error of the system.
        reason: String,
    },
    /// The folder has no map.
    #[error("{}: there is no map in this folder; a map is a file NAME.toml", path.display())]
    NoMaps {
        /// The folder.
        path: PathBuf,
    },
    /// Two maps have the same name.
    #[error("two maps are called \"{name}\"")]
    TwiceMap {
        /// The name.
        name: String,
    },
    /// No map has the requested name.
    #[error("there is no map \"{}\"; there are {}", name.escape_debug(), known.join(", "))]
    NoSuchMap {
        /// The requested name.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

//! Games that are ready to be played: their settings and maps of the moment, read and found good.

use std::{fmt, path::PathBuf};

use shared::TickRate;

use super::{Guarded, RecoveredRoom};

/// A game with its settings and maps, from which rooms open.
pub trait PreparedGame: fmt::Debug + Send + Sync {
    /// Opens a room.
    fn open(&self, setup: RoomSetup, mode: usize, seed: u64) -> Guarded;

    /// Opens a room in the middle of a match that was recorded, whose seats and settings count. Humans are held. `seed` decides the
    /// matches after this one.
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
    /// Where it is.
    pub path: PathBuf,
    /// Its content.
    pub text: String,
}

/// Why there is nothing to play.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PrepareError {
    /// A map is broken.
    #[error("{0}")]
    BrokenMap(String),
    /// A setting is.
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
        /// Why.
        reason: String,
    },
    /// The folder has no map.
    #[error("{}: there is no map in this folder; a map is a file NAME.toml", path.display())]
    NoMaps {
        /// The folder.
        path: PathBuf,
    },
    /// Two files call their map the same.
    #[error("two maps are called \"{name}\"")]
    TwiceMap {
        /// The name.
        name: String,
    },
    /// The map asked for is not there.
    #[error("there is no map \"{}\"; there are {}", name.escape_debug(), known.join(", "))]
    NoSuchMap {
        /// The requested name.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

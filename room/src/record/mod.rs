//! Recordings: what a room writes while it plays, and what reads it again.
//!
//! One file is one match of one room, of any game. It holds the map, who came and went, every player's inputs as they were
//! applied, a hash of every tick, and a checkpoint every few seconds. So it is the replay, the bug report, the bisector of
//! a desync, and what a server recovers its rooms from.
//!
//! ```text
//! file   [header][chunk]…
//! chunk  [sync, 4][length of the body, 4][crc32, 4][kind][ticks][tick, 4][body, packed by deflate]
//!
//! start       which room, the settings, the map: once, first
//! checkpoint  the match at the end of `tick`, who sits in it, and what its next ticks may look back on
//! ticks       `ticks` ticks from `tick` on: changes, inputs, hashes
//! end         the results, when the match is over; the fault, when the game failed
//! ```
//!
//! Each chunk stands alone: a torn or flipped one costs what it holds, and a checkpoint later everything is known again.
//! The crc covers the whole chunk but itself and the sync. Integers of the framing are little endian; what is inside
//! bodies is MessagePack unless its file says otherwise. `docs/recordings.md` tells it to people.

mod checkpoint;
mod chunk;
mod end;
mod header;
mod inputs;
mod past;
mod recorder;
mod recover;
mod replay;
mod roster;
mod scan;
mod sessions;
mod start;
mod verify;

pub use self::{
    chunk::{ChunkKind, Packer, RawChunk, pack},
    end::{End, Ended, RecordedFailure},
    header::FileHeader,
    recorder::RecordOptions,
    recover::{Recovered, recover},
    replay::{Replay, ReplayInfo, Step},
    scan::{Damage, Fault, chunks},
    sessions::SessionNote,
    start::Start,
    verify::{FirstDifference, Repeated, Verified, verify},
};
pub(crate) use self::{recorder::Recorder, start::About};

use shared::wire::DecodeError;

/// Why a file is no recording at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RecordError {
    /// It does not begin as recordings do.
    #[error("this is no recording: it does not begin with a header of one")]
    NoRecording,
    /// It was written by another generation of the program.
    #[error("the recording has format {theirs}, this program reads format {ours}")]
    OtherFormat {
        /// The file's.
        theirs: u16,
        /// Ours.
        ours: u16,
    },
    /// It is of another game.
    #[error("the recording is of the game `{theirs}`, not of `{ours}`")]
    OtherGame {
        /// The file's.
        theirs: String,
        /// The one that was to be played.
        ours: &'static str,
    },
    /// Larger than anything we write.
    #[error("the file has {bytes} bytes, a recording has at most {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Its first chunk is missing or cannot be read, and so the map is unknown.
    #[error("the start of the recording is not readable: {reason}")]
    NoStart {
        /// What is wrong with it.
        reason: String,
    },
    /// There is no checkpoint to begin from.
    #[error("the recording has no checkpoint that can be read")]
    NoCheckpoint,
    /// The game panicked on it.
    #[error("the game panics where the recording is played: {reason}")]
    GamePanicked {
        /// The message of the panic.
        reason: String,
    },
}

impl RecordError {
    /// One word for metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::NoRecording => "no_recording",
            Self::OtherFormat { .. } => "other_format",
            Self::OtherGame { .. } => "other_game",
            Self::TooLarge { .. } => "too_large",
            Self::NoStart { .. } => "no_start",
            Self::NoCheckpoint => "no_checkpoint",
            Self::GamePanicked { .. } => "game_panicked",
        }
    }
}

impl From<DecodeError> for RecordError {
    fn from(error: DecodeError) -> Self {
        Self::NoStart { reason: error.to_string() }
    }
}

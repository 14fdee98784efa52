//! Recordings: a room writes them while it plays, and other parts of this module read them.
//!
//! A file holds one match of one room, of any game: the map, the joins and leaves, every player's inputs as they were applied, a hash of
//! every tick, and a checkpoint every few seconds. It serves as a replay, as a bug report, for finding the first tick of a desync, and
//! for recovering a server's rooms.
//!
//! ```text
//! file   [header][chunk]…
//! chunk  [sync, 4][length of the body, 4][crc32, 4][kind][ticks][tick, 4][body, compressed by deflate]
//!
//! start       the room, the settings, the map: once, first
//! checkpoint  the match at the end of `tick`, its players, and the past that its next ticks may look up
//! ticks       `ticks` ticks from `tick` on: changes, inputs, hashes
//! end         the results, when the match is over; the fault, when the game failed
//! ```
//!
//! Each chunk stands alone: a damaged chunk loses only its own content, and from the next checkpoint on the whole state is known again.
//! The crc covers the whole chunk but itself and the sync. Integers of the frame are little endian; bodies are MessagePack unless their
//! file says otherwise. `docs/recordings.md` is the guide for users.

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

/// The reason why a file cannot be read as a recording.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RecordError {
    /// It does not begin with the header of a recording.
    #[error("this is not a recording: it does not begin with the header of a recording")]
    NoRecording,
    /// It was written in another version of the format.
    #[error("the recording has format {theirs}, this program reads format {ours}")]
    OtherFormat {
        /// Format of the file.
        theirs: u16,
        /// Format that this program reads.
        ours: u16,
    },
    /// It is a recording of another game.
    #[error("the recording is of the game `{theirs}`, not of `{ours}`")]
    OtherGame {
        /// Game of the file.
        theirs: String,
        /// Game that the caller expected.
        ours: &'static str,
    },
    /// It is larger than any recording.
    #[error("the file has {bytes} bytes, a recording has at most {limit}")]
    TooLarge {
        /// Size of the file, bytes.
        bytes: usize,
        /// Maximum size, bytes.
        limit: usize,
    },
    /// Its first chunk is missing or damaged, so the map is unknown.
    #[error("cannot read the start of the recording: {reason}")]
    NoStart {
        /// The fault of the chunk.
        reason: String,
    },
    /// It has no readable checkpoint to start from.
    #[error("the recording has no readable checkpoint")]
    NoCheckpoint,
    /// The game panicked while it played the recording.
    #[error("the game panics while the recording is played: {reason}")]
    GamePanicked {
        /// The message of the panic.
        reason: String,
    },
}

impl RecordError {
    /// Name of the error for metrics, one word.
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

//! Recordings: what a room writes while it plays, and what reads it again.
//!
//! One file is one match of one room. It holds the map, who came and went, every craft's inputs as they were applied, a
//! hash of every tick, and a checkpoint every few seconds. So it is the replay, the bug report, the bisector of a
//! desync, and what a server recovers its rooms from.
//!
//! ```text
//! file   [header][chunk]…
//! chunk  [sync, 4][length of the body, 4][crc32, 4][kind][ticks][tick, 4][body, packed by deflate]
//!
//! start       which room and world, the map: once, first
//! checkpoint  the world at the end of `tick`, and who sits in it
//! ticks       `ticks` ticks from `tick` on: changes, inputs, hashes
//! end         the results, when the match is over
//! ```
//!
//! Each chunk stands alone: a torn or flipped one costs what it holds, and a checkpoint later everything is known again.
//! The crc covers the whole chunk but itself and the sync. Integers of the framing are little endian; what is inside
//! bodies is MessagePack unless its file says otherwise. `docs/recordings.md` tells it to people.

mod chunk;
mod content;
mod header;
mod inputs;
mod recorder;
mod recover;
mod replay;
mod scan;
mod verify;

pub use self::{
    chunk::{ChunkKind, Packer, RawChunk, pack},
    content::{End, Ended, SessionNote, Start},
    header::FileHeader,
    recorder::RecordOptions,
    recover::{Recovered, recover},
    replay::{Replay, ReplayInfo, Step},
    scan::{Damage, Fault, chunks},
    verify::{FirstDifference, Verified, verify},
};
pub(crate) use self::{content::About, recorder::Recorder};

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
}

impl RecordError {
    /// One word for metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::NoRecording => "no_recording",
            Self::OtherFormat { .. } => "other_format",
            Self::TooLarge { .. } => "too_large",
            Self::NoStart { .. } => "no_start",
            Self::NoCheckpoint => "no_checkpoint",
        }
    }
}

impl From<DecodeError> for RecordError {
    fn from(error: DecodeError) -> Self {
        Self::NoStart { reason: error.to_string() }
    }
}

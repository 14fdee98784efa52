//! How a client can break the rules of HTTP/3, and the code that tells it so.

use shared::limits::HTTP3_FRAME_BYTES_MAX;

/// A stream that is not wanted: a second request, a second message stream.
pub(crate) const REQUEST_REJECTED: u32 = 0x10b;
/// A stream of a kind that means nothing here.
pub(crate) const STREAM_CREATION_ERROR: u32 = 0x103;
/// A message stream of a session that does not exist.
pub(crate) const UNKNOWN_SESSION: u32 = 0x3994_bd84;

/// What ends a connection at once.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// A frame or a capsule above the limit.
    #[error("{length} bytes in one HTTP/3 frame or capsule; at most {HTTP3_FRAME_BYTES_MAX} are read")]
    TooLong {
        /// What it announced.
        length: u64,
    },
    /// The control stream does not begin with them.
    #[error("the HTTP/3 control stream must begin with SETTINGS")]
    MissingSettings,
    /// They cannot be read.
    #[error("the HTTP/3 SETTINGS cannot be read")]
    BadSettings,
    /// A frame where it must not be.
    #[error("an HTTP/3 frame of type {kind:#x} on the {stream} stream")]
    UnexpectedFrame {
        /// Its type.
        kind: u64,
        /// Where it came.
        stream: &'static str,
    },
    /// A stream that a client must not open, or not twice.
    #[error("a second HTTP/3 control stream, or a push stream")]
    BadStream,
    /// A stream that lives as long as its connection has ended.
    #[error("an HTTP/3 control or QPACK stream has ended")]
    CriticalStreamClosed,
    /// Header fields that cannot be decompressed.
    #[error("the header fields cannot be decompressed")]
    BadHeaders,
    /// A capsule that cannot be read.
    #[error("a capsule on the request stream cannot be read")]
    BadCapsule,
}

impl Fault {
    /// The code of RFC 9114 section 8.1 and RFC 9204 section 6.
    pub const fn code(&self) -> u32 {
        match self {
            Self::TooLong { .. } => 0x107,
            Self::MissingSettings => 0x10a,
            Self::BadSettings => 0x109,
            Self::UnexpectedFrame { .. } => 0x105,
            Self::BadStream => STREAM_CREATION_ERROR,
            Self::CriticalStreamClosed => 0x104,
            Self::BadHeaders => 0x200,
            Self::BadCapsule => 0x10e,
        }
    }
}

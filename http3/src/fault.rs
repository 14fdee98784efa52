//! Violations of HTTP/3 by a client, and the error codes with which the connection is closed.

use shared::limits::HTTP3_FRAME_BYTES_MAX;

/// Code for a second request or a second message stream.
pub(crate) const REQUEST_REJECTED: u32 = 0x10b;
/// Code for a stream of an unknown type.
pub(crate) const STREAM_CREATION_ERROR: u32 = 0x103;
/// Code for a message stream of a session that does not exist.
pub(crate) const UNKNOWN_SESSION: u32 = 0x3994_bd84;

/// A violation of the protocol, which ends the connection at once.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// A frame or a capsule above the limit.
    #[error("an HTTP/3 frame or capsule of {length} bytes; at most {HTTP3_FRAME_BYTES_MAX} are allowed")]
    TooLong {
        /// The announced length, bytes.
        length: u64,
    },
    /// The control stream does not begin with SETTINGS.
    #[error("the HTTP/3 control stream must begin with SETTINGS")]
    MissingSettings,
    /// The SETTINGS cannot be decoded.
    #[error("the HTTP/3 SETTINGS cannot be decoded")]
    BadSettings,
    /// A frame on a stream that must not carry it.
    #[error("unexpected HTTP/3 frame of type {kind:#x} on the {stream} stream")]
    UnexpectedFrame {
        /// Type of the frame.
        kind: u64,
        /// Name of the stream.
        stream: &'static str,
    },
    /// A stream that a client must not open, or must not open twice.
    #[error("a client must not open a second HTTP/3 control stream or a push stream")]
    BadStream,
    /// The end of a stream that must stay open as long as the connection.
    #[error("an HTTP/3 control or QPACK stream has ended")]
    CriticalStreamClosed,
    /// Header fields that cannot be decompressed.
    #[error("the header fields cannot be decompressed")]
    BadHeaders,
    /// A capsule that cannot be decoded.
    #[error("a capsule on the request stream cannot be decoded")]
    BadCapsule,
}

impl Fault {
    /// The error code from RFC 9114 section 8.1 or RFC 9204 section 6.
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

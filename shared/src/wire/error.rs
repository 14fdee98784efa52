//! What can be wrong with a message.

/// Why a message was refused. Each is a named, counted reason to close the link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside a value.
    #[error("the message ends inside {field}")]
    Truncated {
        /// What was being read.
        field: &'static str,
    },
    /// A value of another type.
    #[error("{field} must be {expected}")]
    WrongType {
        /// What was being read.
        field: &'static str,
        /// The type it must have.
        expected: &'static str,
    },
    /// A number outside what the field allows.
    #[error("{field} is {value}, allowed is {low} to {high}")]
    OutOfRange {
        /// What was being read.
        field: &'static str,
        /// What was found: MessagePack has numbers up to 2^64 - 1.
        value: i128,
        /// Smallest allowed.
        low: i64,
        /// Largest allowed.
        high: i64,
    },
    /// Text, bytes or a list longer than allowed.
    #[error("{field} has {length} bytes or elements, allowed are {limit}")]
    TooLong {
        /// What was being read.
        field: &'static str,
        /// What was found.
        length: usize,
        /// Most allowed.
        limit: usize,
    },
    /// Arrays nested deeper than any message of ours.
    #[error("arrays are nested deeper than {limit}")]
    TooDeep {
        /// Most allowed.
        limit: usize,
    },
    /// Text that is not UTF-8, or holds control characters.
    #[error("{field} is not plain UTF-8 text")]
    BadText {
        /// What was being read.
        field: &'static str,
    },
    /// A kind this end does not take.
    #[error("unknown kind {kind} of message")]
    UnknownKind {
        /// What was found.
        kind: i128,
    },
    /// An update that fits no entity.
    #[error("unknown operation {operation} on an entity")]
    UnknownOperation {
        /// What was found.
        operation: i64,
    },
    /// The array has another length than its kind says.
    #[error("the message has {found} elements, its kind has {expected}")]
    WrongLength {
        /// Elements found.
        found: usize,
        /// Elements expected, or the least of them.
        expected: usize,
    },
    /// Bytes after the message.
    #[error("{count} bytes follow the message")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A hello of another protocol version; the goodbye names both.
    #[error("the client speaks protocol {theirs}, this server {ours}")]
    VersionMismatch {
        /// The client's.
        theirs: u16,
        /// The server's.
        ours: u16,
    },
    /// A delta against a state this end does not hold.
    #[error("an update refers to a state of entity {entity} that is not held")]
    UnknownBaseline {
        /// The entity's id.
        entity: u16,
    },
}

impl DecodeError {
    /// One word for metrics.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Truncated { .. } => "truncated",
            Self::WrongType { .. } => "wrong_type",
            Self::OutOfRange { .. } => "out_of_range",
            Self::TooLong { .. } => "too_long",
            Self::TooDeep { .. } => "too_deep",
            Self::BadText { .. } => "bad_text",
            Self::UnknownKind { .. } => "unknown_kind",
            Self::UnknownOperation { .. } => "unknown_operation",
            Self::WrongLength { .. } => "wrong_length",
            Self::TrailingBytes { .. } => "trailing_bytes",
            Self::VersionMismatch { .. } => "version_mismatch",
            Self::UnknownBaseline { .. } => "unknown_baseline",
        }
    }
}

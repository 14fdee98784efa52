//! The errors of decoding a message.

/// The reason why a message was refused. The server counts each reason and closes the link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end inside a value.
    #[error("the message ends inside {field}")]
    Truncated {
        /// Name of the field.
        field: &'static str,
    },
    /// A value of another type.
    #[error("{field} must be {expected}")]
    WrongType {
        /// Name of the field.
        field: &'static str,
        /// The type it must have.
        expected: &'static str,
    },
    /// A number outside what the field allows.
    #[error("{field} is {value}, allowed is {low} to {high}")]
    OutOfRange {
        /// Name of the field.
        field: &'static str,
        /// The value; MessagePack has numbers up to 2^64 - 1.
        value: i128,
        /// The smallest allowed value.
        low: i64,
        /// The largest allowed value.
        high: i64,
    },
    /// Text, bytes or a list longer than allowed.
    #[error("{field} has {length} bytes or elements, at most {limit} are allowed")]
    TooLong {
        /// Name of the field.
        field: &'static str,
        /// The length.
        length: usize,
        /// The largest allowed length.
        limit: usize,
    },
    /// Arrays nested deeper than in any message of the protocol.
    #[error("arrays are nested deeper than {limit}")]
    TooDeep {
        /// The largest allowed depth.
        limit: usize,
    },
    /// Text that is not UTF-8, or holds control characters.
    #[error("{field} is not plain UTF-8 text")]
    BadText {
        /// Name of the field.
        field: &'static str,
    },
    /// A kind of message or event that the receiver does not know.
    #[error("unknown kind {kind} of message")]
    UnknownKind {
        /// The kind in the message.
        kind: i128,
    },
    /// An operation of an update that no entity has.
    #[error("unknown operation {operation} on an entity")]
    UnknownOperation {
        /// The operation in the update.
        operation: i64,
    },
    /// The array has another length than its kind says.
    #[error("the message has {found} elements, its kind needs {expected}")]
    WrongLength {
        /// Elements found.
        found: usize,
        /// Elements expected, or the least of them.
        expected: usize,
    },
    /// Bytes after the message.
    #[error("{count} bytes follow the message")]
    TrailingBytes {
        /// Number of bytes.
        count: usize,
    },
    /// A hello or a welcome of another protocol version. The goodbye names both versions.
    #[error("the client speaks protocol {theirs}, this server {ours}")]
    VersionMismatch {
        /// The peer's version.
        theirs: u16,
        /// The receiver's version.
        ours: u16,
    },
    /// A delta from a baseline that the receiver does not have.
    #[error("an update of entity {entity} refers to a baseline that the client does not have")]
    UnknownBaseline {
        /// The entity's id.
        entity: u16,
    },
}

impl DecodeError {
    /// The label in metrics.
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

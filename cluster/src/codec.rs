//! Bytes of the protocol: an envelope that says whose they are, around a body in MessagePack.
//!
//! ```text
//! [cluster, version, node, incarnation, body]
//!  cluster      hash of the cluster's name: two clusters may share a broker
//!  version      of this protocol: another version's body is never read
//!  node, incarnation   the sender in its present life
//!  body         a message, a request, a reply or a record, as bytes of MessagePack
//! ```
//! Nothing here panics, whatever the bytes are; what is too long is refused before it is read.

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bounded::Blob,
    id::{Holder, Incarnation, NodeId},
    limits::{MESSAGE_BYTES_MAX, REPLY_BYTES_MAX, VALUE_BYTES_MAX},
    message::{Message, Reply, Request},
    record::RoomRecord,
};

/// The version of the protocol. Raise it with every change of a message, a record or a rule that both ends of a failover must share.
pub const PROTOCOL: u16 = 1;

/// Why bytes were ignored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error)]
pub enum DecodeError {
    /// Longer than any of its kind may be.
    #[error("longer than {limit} bytes")]
    TooLong {
        /// Bytes that are allowed.
        limit: usize,
    },
    /// No MessagePack of this protocol.
    #[error("malformed")]
    Malformed,
    /// From another cluster on the same broker.
    #[error("of another cluster")]
    AnotherCluster,
    /// From a node with another version of this protocol.
    #[error("of another version of the protocol")]
    AnotherVersion,
}

impl DecodeError {
    /// The name that metrics count it under.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::Malformed => "malformed",
            Self::AnotherCluster => "another_cluster",
            Self::AnotherVersion => "another_version",
        }
    }
}

/// The first four fields as numbers, so that a body of another version is not even looked at.
#[derive(Serialize, Deserialize)]
struct Envelope(u64, u16, NodeId, Incarnation, Blob);

/// Writes a body in its envelope.
pub(crate) fn encode<T: Serialize>(cluster: u64, sender: Holder, body: &T) -> Bytes {
    let body = rmp_serde::to_vec(body).expect("our types have a MessagePack form");
    let envelope = Envelope(cluster, PROTOCOL, sender.node, sender.incarnation, body.into());
    rmp_serde::to_vec(&envelope).expect("an envelope has a MessagePack form").into()
}

/// Reads an envelope and its body.
pub(crate) fn decode<T: DeserializeOwned>(
    cluster: u64,
    bytes: &[u8],
    limit: usize,
) -> Result<(Holder, T), DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLong { limit });
    }
    let Envelope(of, version, node, incarnation, body) = whole(bytes)?;
    if of != cluster {
        return Err(DecodeError::AnotherCluster);
    }
    if version != PROTOCOL {
        return Err(DecodeError::AnotherVersion);
    }
    Ok((Holder { node, incarnation }, whole(&body.0)?))
}

/// Reads a message of the broker, as a node does.
///
/// # Errors
/// It is too long, malformed, of another cluster or of another version.
pub fn decode_message(cluster: u64, bytes: &[u8]) -> Result<(Holder, Message), DecodeError> {
    decode(cluster, bytes, MESSAGE_BYTES_MAX)
}

/// Reads a direct request, as a node does.
///
/// # Errors
/// It is too long, malformed, of another cluster or of another version.
pub fn decode_request(cluster: u64, bytes: &[u8]) -> Result<(Holder, Request), DecodeError> {
    decode(cluster, bytes, MESSAGE_BYTES_MAX)
}

/// Reads the reply to one, as a node does.
///
/// # Errors
/// It is too long, malformed, of another cluster or of another version.
pub fn decode_reply(cluster: u64, bytes: &[u8]) -> Result<(Holder, Reply), DecodeError> {
    decode(cluster, bytes, REPLY_BYTES_MAX)
}

/// Reads a room's record, as a node does.
///
/// # Errors
/// It is too long, malformed, of another cluster or of another version.
pub fn decode_room(cluster: u64, bytes: &[u8]) -> Result<RoomRecord, DecodeError> {
    Ok(decode(cluster, bytes, VALUE_BYTES_MAX)?.1)
}

/// Writes a message in its envelope.
#[must_use]
pub fn encode_message(cluster: u64, sender: Holder, message: &Message) -> Bytes {
    encode(cluster, sender, message)
}

/// Reads a value that takes all of the bytes.
fn whole<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let mut rest = bytes;
    let value = T::deserialize(&mut rmp_serde::Deserializer::new(&mut rest)).map_err(|_| DecodeError::Malformed)?;
    if rest.is_empty() { Ok(value) } else { Err(DecodeError::Malformed) }
}

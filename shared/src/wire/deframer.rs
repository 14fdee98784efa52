//! Framing of messages in a stream of QUIC or WebTransport: four bytes of length, big endian, then the message.

use bytes::{Buf, Bytes, BytesMut};

use super::{
    DecodeError,
    client::{VERSION_END_MAX, check_version},
};
use crate::limits::FOREIGN_HELLO_BYTES_MAX;

/// Size of the length field.
const PREFIX_BYTES: usize = 4;

/// Appends a message's length and the message.
pub fn enframe(message: &[u8], stream: &mut Vec<u8>) {
    stream.reserve(PREFIX_BYTES + message.len());
    stream.extend_from_slice(&(message.len() as u32).to_be_bytes());
    stream.extend_from_slice(message);
}

/// Splits a stream into messages. It holds at most one incomplete message, and bytes that came after a complete one.
#[derive(Clone, Debug)]
pub struct Deframer {
    bytes: BytesMut,
    limit: usize,
}

impl Deframer {
    /// A deframer for messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { bytes: BytesMut::new(), limit }
    }

    /// Appends bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next complete message, if there is one.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] as soon as the length is known, or [`DecodeError::VersionMismatch`] for a hello of another
    /// version. The stream is of no use after an error.
    pub fn poll_message(&mut self) -> Result<Option<Bytes>, DecodeError> {
        let Some(prefix) = self.bytes.first_chunk::<PREFIX_BYTES>() else { return Ok(None) };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > self.limit {
            if length <= FOREIGN_HELLO_BYTES_MAX {
                // A client of another version must get that error, even if the version arrives in a later piece than the length.
                let head = &self.bytes[PREFIX_BYTES..];
                check_version(head)?;
                if head.len() < VERSION_END_MAX.min(length) {
                    return Ok(None);
                }
            }
            return Err(DecodeError::TooLong { field: "the message", length, limit: self.limit });
        }
        if self.bytes.len() < PREFIX_BYTES + length {
            return Ok(None);
        }
        self.bytes.advance(PREFIX_BYTES);
        Ok(Some(self.bytes.split_to(length).freeze()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 1_000;

    #[test]
    fn messages_come_out_whole_however_the_stream_is_cut() {
        let messages: [&[u8]; 4] = [b"hello", b"", &[7; LIMIT], b"end"];
        let mut stream = Vec::new();
        for message in messages {
            enframe(message, &mut stream);
        }
        for size in [1, 2, 3, 5, 7, 64, 2_000] {
            let mut deframer = Deframer::new(LIMIT);
            let mut received = Vec::new();
            for piece in stream.chunks(size) {
                deframer.push(piece);
                while let Some(message) = deframer.poll_message().unwrap() {
                    received.push(message);
                }
            }
            assert_eq!(received, messages, "in pieces of {size}");
        }
    }

    #[test]
    fn message_above_the_limit_is_refused_before_it_arrives() {
        let mut deframer = Deframer::new(LIMIT);
        deframer.push(&(LIMIT as u32 + 1).to_be_bytes());
        deframer.push(&[0; VERSION_END_MAX - 1]);
        assert_eq!(deframer.poll_message(), Ok(None), "it may still be a hello of another version");
        deframer.push(&[0]);
        assert!(matches!(deframer.poll_message(), Err(DecodeError::TooLong { length: 1_001, limit: LIMIT, .. })));
    }

    #[test]
    fn what_is_too_long_even_for_another_version_is_refused_by_its_length() {
        for (length, is_refused) in [(FOREIGN_HELLO_BYTES_MAX, false), (FOREIGN_HELLO_BYTES_MAX + 1, true)] {
            let mut deframer = Deframer::new(LIMIT);
            deframer.push(&(length as u32).to_be_bytes());
            assert_eq!(deframer.poll_message().is_err(), is_refused, "{length}");
        }
    }
}

//! Cuts the bytes of a client's stream into messages: four bytes of length, highest first, then the message.

use bytes::{Buf, Bytes, BytesMut};
use shared::{limits::CLIENT_MESSAGE_BYTES_MAX, wire::DecodeError};

/// Bytes of the length.
pub(crate) const PREFIX_BYTES: usize = 4;

/// Holds at most one incomplete message, and what came behind a complete one.
#[derive(Debug, Default)]
pub(crate) struct Deframer {
    bytes: BytesMut,
}

impl Deframer {
    /// More bytes of the stream.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] as soon as the length is known; the stream cannot be read any further then.
    pub(crate) fn poll_message(&mut self) -> Result<Option<Bytes>, DecodeError> {
        let Some(prefix) = self.bytes.first_chunk::<PREFIX_BYTES>() else { return Ok(None) };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > CLIENT_MESSAGE_BYTES_MAX {
            return Err(DecodeError::TooLong { field: "the message", length, limit: CLIENT_MESSAGE_BYTES_MAX });
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

    fn framed(message: &[u8]) -> Vec<u8> {
        [&(message.len() as u32).to_be_bytes()[..], message].concat()
    }

    #[test]
    fn messages_come_out_whole_however_the_stream_is_cut() {
        let messages: [&[u8]; 4] = [b"hello", b"", &[7; CLIENT_MESSAGE_BYTES_MAX], b"end"];
        let stream = messages.map(framed).concat();
        for size in [1, 2, 3, 5, 7, 64, 2_000] {
            let mut deframer = Deframer::default();
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
        let mut deframer = Deframer::default();
        deframer.push(&(CLIENT_MESSAGE_BYTES_MAX as u32 + 1).to_be_bytes());
        assert!(matches!(deframer.poll_message(), Err(DecodeError::TooLong { .. })));
    }
}

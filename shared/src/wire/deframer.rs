//! Messages in a stream of bytes, QUIC's and WebTransport's: four bytes of length, highest first, then the message.

use bytes::{Buf, Bytes, BytesMut};

use super::{DecodeError, client::check_version};

/// Bytes of the length.
const PREFIX_BYTES: usize = 4;

/// Appends a message behind its length.
pub fn enframe(message: &[u8], stream: &mut Vec<u8>) {
    stream.reserve(PREFIX_BYTES + message.len());
    stream.extend_from_slice(&(message.len() as u32).to_be_bytes());
    stream.extend_from_slice(message);
}

/// Cuts a stream into messages. Holds at most one incomplete message, and what came behind a complete one.
#[derive(Clone, Debug)]
pub struct Deframer {
    bytes: BytesMut,
    limit: usize,
}

impl Deframer {
    /// For messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { bytes: BytesMut::new(), limit }
    }

    /// More bytes of the stream.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    ///
    /// # Errors
    /// [`DecodeError::TooLong`] as soon as the length is known, or [`DecodeError::VersionMismatch`] for a hello of another
    /// version; the stream cannot be read any further then.
    pub fn poll_message(&mut self) -> Result<Option<Bytes>, DecodeError> {
        let Some(prefix) = self.bytes.first_chunk::<PREFIX_BYTES>() else { return Ok(None) };
        let length = u32::from_be_bytes(*prefix) as usize;
        if length > self.limit {
            // As far as it is there: a client of another version shall hear of that.
            check_version(&self.bytes[PREFIX_BYTES..])?;
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
        assert!(matches!(deframer.poll_message(), Err(DecodeError::TooLong { length: 1_001, limit: LIMIT, .. })));
    }
}

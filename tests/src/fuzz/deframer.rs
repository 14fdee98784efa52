//! A stream cut into messages is cut the same way however its pieces come, and never into one above the limit.
//!
//! ```text
//! first byte  size of the pieces, less one
//! the rest    the stream
//! ```

use shared::wire::{DecodeError, Deframer, enframe};

/// Small, so that the fuzzer meets it.
const LIMIT: usize = 300;

/// `data` is a stream and how it is cut.
pub fn run(data: &[u8]) {
    let Some((&size, stream)) = data.split_first() else { return };
    let (messages, fault) = cut(stream, usize::from(size) + 1);
    assert_eq!((messages.clone(), fault), cut(stream, stream.len().max(1)));
    // The messages, framed again, are the front of the stream.
    let mut framed = Vec::new();
    for message in &messages {
        assert!(message.len() <= LIMIT);
        enframe(message, &mut framed);
    }
    assert!(stream.starts_with(&framed));
}

fn cut(stream: &[u8], size: usize) -> (Vec<Vec<u8>>, Option<DecodeError>) {
    let mut deframer = Deframer::new(LIMIT);
    let mut messages = Vec::new();
    for piece in stream.chunks(size) {
        deframer.push(piece);
        loop {
            match deframer.poll_message() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(error) => return (messages, Some(error)),
            }
        }
    }
    (messages, None)
}

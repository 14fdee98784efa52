//! Splits the bytes of a stream into frames: type, length, payload.

use bytes::{Buf, Bytes, BytesMut};
use shared::limits::HTTP3_FRAME_BYTES_MAX;
use web_transport_proto::{Frame as Kind, VarInt};

use crate::Fault;

/// A complete frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    /// The payload with the type and the length before it.
    pub(crate) whole: Bytes,
    pub(crate) payload: Bytes,
}

/// Removes the next complete frame from the front of `bytes`, if there is one.
///
/// # Errors
/// [`Fault::TooLong`] as soon as a length above the limit is known.
pub(crate) fn take_frame(bytes: &mut BytesMut) -> Result<Option<Frame>, Fault> {
    let mut rest = &bytes[..];
    let (Ok(kind), Ok(length)) = (VarInt::decode(&mut rest), VarInt::decode(&mut rest)) else { return Ok(None) };
    let length = length.into_inner();
    if length > HTTP3_FRAME_BYTES_MAX as u64 {
        return Err(Fault::TooLong { length });
    }
    let head = bytes.len() - rest.len();
    let end = head + length as usize;
    if bytes.len() < end {
        return Ok(None);
    }
    let whole = bytes.split_to(end).freeze();
    Ok(Some(Frame { kind: Kind(kind), payload: whole.slice(head..), whole }))
}

/// Removes a QUIC variable-length integer from the front of `bytes`.
pub(crate) fn take_number(bytes: &mut BytesMut) -> Option<u64> {
    let (number, length) = number(bytes)?;
    bytes.advance(length);
    Some(number)
}

/// The QUIC variable-length integer at the front of `bytes`, and its length in bytes.
pub(crate) fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut rest = bytes;
    let number = VarInt::decode(&mut rest).ok()?.into_inner();
    Some((number, bytes.len() - rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![kind];
        VarInt::try_from(length).unwrap().encode(&mut bytes);
        bytes.resize(bytes.len() + length, 7);
        bytes
    }

    #[test]
    fn frames_come_out_whole_however_the_stream_is_cut() {
        let stream = [frame(0, 3), frame(0x21, 0), frame(1, HTTP3_FRAME_BYTES_MAX)].concat();
        for size in [1, 2, 5, 63, 5_000] {
            let mut bytes = BytesMut::new();
            let mut lengths = Vec::new();
            for piece in stream.chunks(size) {
                bytes.extend_from_slice(piece);
                while let Some(frame) = take_frame(&mut bytes).unwrap() {
                    lengths.push((frame.kind.0.into_inner(), frame.payload.len()));
                }
            }
            assert_eq!(lengths, [(0, 3), (0x21, 0), (1, HTTP3_FRAME_BYTES_MAX)], "in pieces of {size}");
        }
    }

    #[test]
    fn frame_above_the_limit_is_refused_before_it_arrives() {
        let long = frame(0x21, HTTP3_FRAME_BYTES_MAX + 1);
        let mut bytes = BytesMut::from(&long[..5]);
        let length = HTTP3_FRAME_BYTES_MAX as u64 + 1;
        assert_eq!(take_frame(&mut bytes), Err(Fault::TooLong { length }));
    }
}

//! Checks a message before it is parsed: its depth, its lengths, and that nothing follows it.
//!
//! The parsers would stop at the first wrong value anyway. This check gives the precise error for a fault deeper in the message.

use rmp::Marker;

use crate::{
    limits::DEPTH_MAX,
    wire::{DecodeError, Reader},
};

const FIELD: &str = "the message";

/// Checks that `bytes` are exactly one MessagePack value, nested at most [`DEPTH_MAX`] deep.
///
/// # Errors
/// [`DecodeError::Truncated`], [`DecodeError::TooDeep`], [`DecodeError::TrailingBytes`], [`DecodeError::WrongType`].
pub(super) fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut reader = Reader::new(bytes);
    skip_value(&mut reader)?;
    reader.finish()
}

/// Reads the bytes of the next value of any type, nested at most [`DEPTH_MAX`] deep.
///
/// # Errors
/// [`DecodeError::Truncated`], [`DecodeError::TooDeep`], [`DecodeError::WrongType`].
pub(crate) fn read_value<'a>(reader: &mut Reader<'a>, field: &'static str) -> Result<&'a [u8], DecodeError> {
    let mut after = reader.clone();
    skip_value(&mut after)?;
    reader.raw(field, reader.remaining() - after.remaining())
}

/// Skips one value, nested at most [`DEPTH_MAX`] deep, and checks that it is complete.
///
/// # Errors
/// [`DecodeError::Truncated`], [`DecodeError::TooDeep`], [`DecodeError::WrongType`].
fn skip_value(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    // The number of values left at each open level, on a stack of fixed size in place of recursion.
    let mut open = [0u64; DEPTH_MAX];
    let mut depth = 0;
    loop {
        let children = skip_head(reader)?;
        if children > 0 {
            if depth == DEPTH_MAX {
                return Err(DecodeError::TooDeep { limit: DEPTH_MAX });
            }
            open[depth] = children;
            depth += 1;
            continue;
        }
        while depth > 0 {
            open[depth - 1] -= 1;
            if open[depth - 1] > 0 {
                break;
            }
            depth -= 1;
        }
        if depth == 0 {
            return Ok(());
        }
    }
}

/// Skips a scalar, or the head of a container, and returns the number of values in the container.
fn skip_head(reader: &mut Reader<'_>) -> Result<u64, DecodeError> {
    let marker = reader.peek().ok_or(DecodeError::Truncated { field: FIELD })?;
    let rest = reader.rest();
    *rest = &rest[1..];
    let mut length_of = |bytes: usize| -> Result<u64, DecodeError> {
        let (length, after) = rest.split_at_checked(bytes).ok_or(DecodeError::Truncated { field: FIELD })?;
        *rest = after;
        Ok(length.iter().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
    };
    let (skip, children) = match marker {
        Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => (0, 0),
        Marker::U8 | Marker::I8 => (1, 0),
        Marker::U16 | Marker::I16 => (2, 0),
        Marker::U32 | Marker::I32 | Marker::F32 => (4, 0),
        Marker::U64 | Marker::I64 | Marker::F64 => (8, 0),
        Marker::FixStr(length) => (u64::from(length), 0),
        Marker::Str8 | Marker::Bin8 => (length_of(1)?, 0),
        Marker::Str16 | Marker::Bin16 => (length_of(2)?, 0),
        Marker::Str32 | Marker::Bin32 => (length_of(4)?, 0),
        Marker::FixArray(length) => (0, u64::from(length)),
        Marker::Array16 => (0, length_of(2)?),
        Marker::Array32 => (0, length_of(4)?),
        Marker::FixMap(length) => (0, 2 * u64::from(length)),
        Marker::Map16 => (0, 2 * length_of(2)?),
        Marker::Map32 => (0, 2 * length_of(4)?),
        Marker::Reserved
        | Marker::FixExt1
        | Marker::FixExt2
        | Marker::FixExt4
        | Marker::FixExt8
        | Marker::FixExt16
        | Marker::Ext8
        | Marker::Ext16
        | Marker::Ext32 => return Err(DecodeError::WrongType { field: FIELD, expected: "integers, text and arrays" }),
    };
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    *rest = rest.split_at_checked(skip).ok_or(DecodeError::Truncated { field: FIELD })?.1;
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_limited_on_both_sides_of_its_edge() {
        let nested = |depth: usize| {
            let mut bytes = vec![0x91; depth];
            bytes.push(1);
            bytes
        };
        assert_eq!(check(&nested(DEPTH_MAX)), Ok(()));
        assert_eq!(check(&nested(DEPTH_MAX + 1)), Err(DecodeError::TooDeep { limit: DEPTH_MAX }));
    }

    #[test]
    fn what_a_length_promises_must_be_there() {
        assert_eq!(check(&[0x92, 1]), Err(DecodeError::Truncated { field: FIELD }));
        assert_eq!(check(&[0xdd, 0xff, 0xff, 0xff, 0xff]), Err(DecodeError::Truncated { field: FIELD }));
        assert_eq!(check(&[0x91, 1, 2]), Err(DecodeError::TrailingBytes { count: 1 }));
        assert_eq!(check(&[]), Err(DecodeError::Truncated { field: FIELD }));
        assert_eq!(check(&[0x90]), Ok(()));
    }
}

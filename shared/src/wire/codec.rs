//! Writing and reading MessagePack by hand, with the bounds checked where the bytes are.
//!
//! Encoding through serde costs about ten times as much for the same bytes, and this runs per player and tick.
//! `rmp-serde` is the oracle of the tests.

use glam::IVec2;
use rmp::{Marker, decode, encode};

use crate::wire::{DecodeError, well_formed};

/// Appends MessagePack values to a buffer and counts them.
pub struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
    elements: u32,
}

impl<'a> Writer<'a> {
    /// Appends to `bytes`.
    pub fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, elements: 0 }
    }

    /// Values written so far, arrays counted with their elements.
    pub fn elements(&self) -> u32 {
        self.elements
    }

    /// Bytes in the buffer.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether the buffer is empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Writes an integer in its shortest form; −32..=127 is one byte.
    #[inline]
    pub fn int(&mut self, value: impl Into<i64>) {
        let value = value.into();
        self.elements += 1;
        match value {
            -32..=127 => self.bytes.push(value as u8),
            _ => drop(encode::write_sint(self.bytes, value)),
        }
    }

    /// Writes both components of a vector.
    #[inline]
    pub fn vector(&mut self, vector: IVec2) {
        self.int(vector.x);
        self.int(vector.y);
    }

    /// Writes text.
    pub fn text(&mut self, text: &str) {
        self.elements += 1;
        drop(encode::write_str(self.bytes, text));
    }

    /// Writes the head of an array; its `length` elements must follow.
    pub fn array(&mut self, length: usize) {
        self.elements += 1;
        drop(encode::write_array_len(self.bytes, length as u32));
    }

    /// Writes an array of `length` elements that counts as one value, so that it may stand inside another array.
    pub fn nested(&mut self, length: usize, write: impl FnOnce(&mut Self)) {
        let elements = self.elements + 1;
        self.array(length);
        write(self);
        self.elements = elements;
    }

    /// Appends bytes that are one MessagePack value.
    pub(crate) fn value(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.elements += 1;
        write(self.bytes);
    }

    /// Copies `elements` values that are encoded already.
    #[inline]
    pub fn copy(&mut self, encoded: &[u8], elements: u32) {
        self.bytes.extend_from_slice(encoded);
        self.elements += elements;
    }
}

/// Reads MessagePack values from a peer's bytes. Every method names the field in its error; none allocates more than
/// its limit or recurses.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their start.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether everything was read.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Checks that nothing follows.
    ///
    /// # Errors
    /// [`DecodeError::TrailingBytes`].
    pub const fn finish(&self) -> Result<(), DecodeError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(DecodeError::TrailingBytes { count: self.bytes.len() }) }
    }

    /// An integer of any width.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::WrongType`].
    #[inline]
    pub fn int(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        if let [first, rest @ ..] = self.bytes {
            // Fixints are nearly all of a snapshot.
            if *first < 0x80 || *first >= 0xe0 {
                self.bytes = rest;
                return Ok(i64::from(*first as i8));
            }
        }
        let before = self.bytes;
        decode::read_int(&mut self.bytes).map_err(|error| match error {
            decode::NumValueReadError::TypeMismatch(_) => DecodeError::WrongType { field, expected: "an integer" },
            decode::NumValueReadError::OutOfRange => {
                DecodeError::OutOfRange { field, value: large(before), low: i64::MIN, high: i64::MAX }
            }
            _ => DecodeError::Truncated { field },
        })
    }

    /// What kind of message, or of event, follows.
    ///
    /// # Errors
    /// As [`Reader::int`], and [`DecodeError::UnknownKind`] for what no kind can be.
    pub fn kind(&mut self) -> Result<u8, DecodeError> {
        let kind = match self.int("kind") {
            Ok(kind) => kind.into(),
            Err(DecodeError::OutOfRange { value, .. }) => value,
            Err(error) => return Err(error),
        };
        u8::try_from(kind).map_err(|_| DecodeError::UnknownKind { kind })
    }

    /// An integer in `low..=high`.
    ///
    /// # Errors
    /// As [`Reader::int`], and [`DecodeError::OutOfRange`].
    #[inline]
    pub fn ranged(&mut self, field: &'static str, low: i64, high: i64) -> Result<i64, DecodeError> {
        let value = match self.int(field) {
            Ok(value) if value >= low && value <= high => return Ok(value),
            Ok(value) => value.into(),
            Err(DecodeError::OutOfRange { value, .. }) => value,
            Err(error) => return Err(error),
        };
        Err(DecodeError::OutOfRange { field, value, low, high })
    }

    /// An integer of 0..=255.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        Ok(self.ranged(field, 0, u8::MAX.into())? as u8)
    }

    /// An integer of −128..=127.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn i8(&mut self, field: &'static str) -> Result<i8, DecodeError> {
        Ok(self.ranged(field, i8::MIN.into(), i8::MAX.into())? as i8)
    }

    /// An integer of 0..=65535.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        Ok(self.ranged(field, 0, u16::MAX.into())? as u16)
    }

    /// An integer of 32 bits without sign.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        Ok(self.ranged(field, 0, u32::MAX.into())? as u32)
    }

    /// An integer of 32 bits with sign.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn i32(&mut self, field: &'static str) -> Result<i32, DecodeError> {
        Ok(self.ranged(field, i32::MIN.into(), i32::MAX.into())? as i32)
    }

    /// 0 or 1.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    pub fn bool(&mut self, field: &'static str) -> Result<bool, DecodeError> {
        Ok(self.ranged(field, 0, 1)? == 1)
    }

    /// A position in position units.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn position(&mut self) -> Result<IVec2, DecodeError> {
        Self::in_position_range(self.vector("position")?)
    }

    /// A velocity in velocity units.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn velocity(&mut self) -> Result<IVec2, DecodeError> {
        Self::in_velocity_range(self.vector("velocity")?)
    }

    /// A difference between two vectors.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn offset(&mut self) -> Result<IVec2, DecodeError> {
        self.vector("offset")
    }

    /// `position`, if it is anywhere a map could be.
    ///
    /// # Errors
    /// [`DecodeError::OutOfRange`].
    pub fn in_position_range(position: IVec2) -> Result<IVec2, DecodeError> {
        in_range("position", position, POSITION_MAX)
    }

    /// `velocity`, if anything could have it.
    ///
    /// # Errors
    /// [`DecodeError::OutOfRange`].
    pub fn in_velocity_range(velocity: IVec2) -> Result<IVec2, DecodeError> {
        in_range("velocity", velocity, VELOCITY_MAX)
    }

    /// Text of at most `limit` bytes without control characters, borrowed from the message.
    ///
    /// # Errors
    /// [`DecodeError::WrongType`], [`DecodeError::TooLong`], [`DecodeError::Truncated`], [`DecodeError::BadText`].
    pub fn text(&mut self, field: &'static str, limit: usize) -> Result<&'a str, DecodeError> {
        let length = decode::read_str_len(&mut self.bytes).map_err(|error| match error {
            decode::ValueReadError::TypeMismatch(_) => DecodeError::WrongType { field, expected: "text" },
            _ => DecodeError::Truncated { field },
        })? as usize;
        if length > limit {
            return Err(DecodeError::TooLong { field, length, limit });
        }
        let Some((text, rest)) = self.bytes.split_at_checked(length) else {
            return Err(DecodeError::Truncated { field });
        };
        self.bytes = rest;
        let text = str::from_utf8(text).map_err(|_| DecodeError::BadText { field })?;
        if text.chars().any(char::is_control) { Err(DecodeError::BadText { field }) } else { Ok(text) }
    }

    /// The head of an array of at most `limit` elements.
    ///
    /// # Errors
    /// [`DecodeError::WrongType`], [`DecodeError::TooLong`], [`DecodeError::Truncated`].
    #[inline]
    pub fn array(&mut self, field: &'static str, limit: usize) -> Result<usize, DecodeError> {
        let length = match self.bytes {
            [first, rest @ ..] if matches!(first, 0x90..=0x9f) => {
                self.bytes = rest;
                usize::from(first & 0x0f)
            }
            _ => decode::read_array_len(&mut self.bytes).map_err(|error| match error {
                decode::ValueReadError::TypeMismatch(_) => DecodeError::WrongType { field, expected: "an array" },
                _ => DecodeError::Truncated { field },
            })? as usize,
        };
        if length > limit { Err(DecodeError::TooLong { field, length, limit }) } else { Ok(length) }
    }

    /// Bytes not read yet.
    pub const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// The next `length` bytes as they are.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    #[inline]
    pub fn raw(&mut self, field: &'static str, length: usize) -> Result<&'a [u8], DecodeError> {
        let Some((raw, rest)) = self.bytes.split_at_checked(length) else {
            return Err(DecodeError::Truncated { field });
        };
        self.bytes = rest;
        Ok(raw)
    }

    /// The next bytes, as many as the array has.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    #[inline]
    pub fn raw_array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let Some((raw, rest)) = self.bytes.split_first_chunk::<N>() else {
            return Err(DecodeError::Truncated { field });
        };
        self.bytes = rest;
        Ok(*raw)
    }

    /// The bytes of the next value, whatever it is, nested at most [`DEPTH_MAX`](crate::limits::DEPTH_MAX) deep.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::TooDeep`], [`DecodeError::WrongType`].
    pub(crate) fn value(&mut self, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let mut after = self.clone();
        well_formed::skip_value(&mut after)?;
        self.raw(field, self.remaining() - after.remaining())
    }

    /// The next byte's marker, without reading it.
    pub(super) fn peek(&self) -> Option<Marker> {
        self.bytes.first().map(|&byte| Marker::from_u8(byte))
    }

    /// The rest, unread.
    pub(super) fn rest(&mut self) -> &mut &'a [u8] {
        &mut self.bytes
    }

    #[inline]
    fn vector(&mut self, field: &'static str) -> Result<IVec2, DecodeError> {
        Ok(IVec2::new(self.i32(field)?, self.i32(field)?))
    }
}

/// The integer that `bytes` begin with, which is more than 63 bits hold.
#[cold]
fn large(mut bytes: &[u8]) -> i128 {
    decode::read_int::<u64, _>(&mut bytes).map_or(i64::MAX.into(), i128::from)
}

/// Largest coordinate: 256 tiles of 128 px in position units, doubled.
pub const POSITION_MAX: i32 = 1 << 20;
/// Largest velocity component, velocity units: 1,280 px/s at the lowest tick rate.
const VELOCITY_MAX: i32 = 1 << 15;

fn in_range(field: &'static str, vector: IVec2, max: i32) -> Result<IVec2, DecodeError> {
    for value in [vector.x, vector.y] {
        if value < -max || value > max {
            return Err(DecodeError::OutOfRange { field, value: value.into(), low: (-max).into(), high: max.into() });
        }
    }
    Ok(vector)
}

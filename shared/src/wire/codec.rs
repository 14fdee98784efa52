//! A writer and a reader of MessagePack. The reader checks all bounds.
//!
//! This code runs for every player and tick, and encoding through serde takes about ten times as long for the same bytes.
//! The tests compare the results with `rmp-serde`.

use glam::IVec2;
use rmp::{Marker, decode, encode};

use crate::wire::DecodeError;

/// Appends MessagePack values to a buffer and counts them.
pub struct Writer<'a> {
    bytes: &'a mut Vec<u8>,
    elements: u32,
}

impl<'a> Writer<'a> {
    /// A writer that appends to `bytes`.
    pub fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self { bytes, elements: 0 }
    }

    /// Number of values written so far. An array counts as one, and each of its elements as one more.
    pub fn elements(&self) -> u32 {
        self.elements
    }

    /// Length of the buffer, bytes.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns true if the buffer is empty.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Writes an integer in its shortest form; −32..=127 takes one byte.
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

    /// Writes the head of an array. The caller must write `length` elements after it.
    pub fn array(&mut self, length: usize) {
        self.elements += 1;
        drop(encode::write_array_len(self.bytes, length as u32));
    }

    /// Writes an array of `length` elements that counts as one value, as an element of another array must.
    pub fn nested(&mut self, length: usize, write: impl FnOnce(&mut Self)) {
        let elements = self.elements + 1;
        self.array(length);
        write(self);
        self.elements = elements;
    }

    /// Appends one MessagePack value that `write` encodes.
    pub(crate) fn value(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.elements += 1;
        write(self.bytes);
    }

    /// Appends `elements` values that are encoded already.
    #[inline]
    pub fn copy(&mut self, encoded: &[u8], elements: u32) {
        self.bytes.extend_from_slice(encoded);
        self.elements += elements;
    }
}

/// Reads MessagePack values from a peer's bytes. `field` is the name of the value in errors. No method allocates or recurses, so that no
/// message can exhaust memory or stack.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Returns true if all bytes were read.
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Checks that no bytes are left.
    ///
    /// # Errors
    /// [`DecodeError::TrailingBytes`].
    pub const fn finish(&self) -> Result<(), DecodeError> {
        if self.bytes.is_empty() { Ok(()) } else { Err(DecodeError::TrailingBytes { count: self.bytes.len() }) }
    }

    /// Reads an integer of any width.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`], [`DecodeError::WrongType`].
    #[inline]
    pub fn int(&mut self, field: &'static str) -> Result<i64, DecodeError> {
        if let [first, rest @ ..] = self.bytes {
            // A short cut, because nearly all values of a snapshot are fixints.
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

    /// Reads the kind of a message.
    ///
    /// # Errors
    /// As [`Reader::int`], and [`DecodeError::UnknownKind`] for a number that is not 0..=255.
    pub fn kind(&mut self) -> Result<u8, DecodeError> {
        let kind = match self.int("kind") {
            Ok(kind) => kind.into(),
            Err(DecodeError::OutOfRange { value, .. }) => value,
            Err(error) => return Err(error),
        };
        u8::try_from(kind).map_err(|_| DecodeError::UnknownKind { kind })
    }

    /// Reads an integer in `low..=high`.
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

    /// Reads an integer in 0..=255.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        Ok(self.ranged(field, 0, u8::MAX.into())? as u8)
    }

    /// Reads an integer in −128..=127.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn i8(&mut self, field: &'static str) -> Result<i8, DecodeError> {
        Ok(self.ranged(field, i8::MIN.into(), i8::MAX.into())? as i8)
    }

    /// Reads an integer in 0..=65535.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        Ok(self.ranged(field, 0, u16::MAX.into())? as u16)
    }

    /// Reads an unsigned integer of 32 bits.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        Ok(self.ranged(field, 0, u32::MAX.into())? as u32)
    }

    /// Reads a signed integer of 32 bits.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn i32(&mut self, field: &'static str) -> Result<i32, DecodeError> {
        Ok(self.ranged(field, i32::MIN.into(), i32::MAX.into())? as i32)
    }

    /// Reads 0 or 1.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    pub fn bool(&mut self, field: &'static str) -> Result<bool, DecodeError> {
        Ok(self.ranged(field, 0, 1)? == 1)
    }

    /// Reads a position, position units, at most [`POSITION_MAX`] from zero in each axis.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn position(&mut self) -> Result<IVec2, DecodeError> {
        Self::in_position_range(self.vector("position")?)
    }

    /// Reads a velocity, velocity units.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn velocity(&mut self) -> Result<IVec2, DecodeError> {
        Self::in_velocity_range(self.vector("velocity")?)
    }

    /// Reads a difference of two vectors.
    ///
    /// # Errors
    /// As [`Reader::ranged`].
    #[inline]
    pub fn offset(&mut self) -> Result<IVec2, DecodeError> {
        self.vector("offset")
    }

    /// Returns `position`, if it is in the range of positions.
    ///
    /// # Errors
    /// [`DecodeError::OutOfRange`].
    pub fn in_position_range(position: IVec2) -> Result<IVec2, DecodeError> {
        in_range("position", position, POSITION_MAX)
    }

    /// Returns `velocity`, if it is in the range of velocities.
    ///
    /// # Errors
    /// [`DecodeError::OutOfRange`].
    pub fn in_velocity_range(velocity: IVec2) -> Result<IVec2, DecodeError> {
        in_range("velocity", velocity, VELOCITY_MAX)
    }

    /// Reads text of at most `limit` bytes without control characters. It borrows from the message.
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

    /// Reads the head of an array of at most `limit` elements, and returns their number.
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

    /// Number of bytes that are left.
    pub const fn remaining(&self) -> usize {
        self.bytes.len()
    }

    /// Reads the next `length` bytes as they are.
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

    /// Reads the next `N` bytes as they are.
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

    /// The marker of the next value, which is not read.
    pub(super) fn peek(&self) -> Option<Marker> {
        self.bytes.first().map(|&byte| Marker::from_u8(byte))
    }

    /// The bytes that are left.
    pub(super) fn rest(&mut self) -> &mut &'a [u8] {
        &mut self.bytes
    }

    #[inline]
    fn vector(&mut self, field: &'static str) -> Result<IVec2, DecodeError> {
        Ok(IVec2::new(self.i32(field)?, self.i32(field)?))
    }
}

/// The integer at the front of `bytes`, which needs more than 63 bits.
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

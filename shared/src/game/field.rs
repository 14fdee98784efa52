//! One value inside a state, an input or a record: how it is written, read, told apart and hashed.

use glam::IVec2;

use crate::{
    id::{EntityId, PlayerId},
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// A value that the derives know how to write: integers, truth values, vectors, ids, and the types of a game that say
/// themselves which of their values are allowed.
///
/// ```
/// use shared::{game::Field, wire::{DecodeError, Reader, Writer}};
///
/// /// 0 is red, 1 is blue.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug)]
/// struct Side(u8);
///
/// impl Field for Side {
///     const VALUES: u32 = 1;
///
///     fn encode(&self, out: &mut Writer<'_>) {
///         out.int(self.0);
///     }
///
///     fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         Ok(Self(input.ranged(name, 0, 1)? as u8))
///     }
///
///     fn hash_into(&self, word: &mut impl FnMut(u32)) {
///         word(self.0.into());
///     }
/// }
/// ```
pub trait Field: Copy + PartialEq {
    /// MessagePack values it is written as.
    const VALUES: u32;

    /// Appends the value.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Field::encode`] wrote; `name` is for the error.
    ///
    /// # Errors
    /// What is out of range, of another type, or cut off.
    fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Hands the value to a hash, 32 bits at a time.
    fn hash_into(&self, word: &mut impl FnMut(u32));
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Field for $integer {
            const VALUES: u32 = 1;

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) {
                out.int(*self);
            }

            #[inline]
            fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(input.ranged(name, <$integer>::MIN.into(), <$integer>::MAX.into())? as $integer)
            }

            #[inline]
            fn hash_into(&self, word: &mut impl FnMut(u32)) {
                word(*self as u32);
            }
        }
    )*};
}

integers!(u8, i8, u16, i16, u32, i32);

impl Field for bool {
    const VALUES: u32 = 1;

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) {
        out.int(u8::from(*self));
    }

    #[inline]
    fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        input.bool(name)
    }

    #[inline]
    fn hash_into(&self, word: &mut impl FnMut(u32)) {
        word(u32::from(*self));
    }
}

impl Field for IVec2 {
    const VALUES: u32 = 2;

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) {
        out.vector(*self);
    }

    #[inline]
    fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self::new(input.i32(name)?, input.i32(name)?))
    }

    #[inline]
    fn hash_into(&self, word: &mut impl FnMut(u32)) {
        word(self.x as u32);
        word(self.y as u32);
    }
}

macro_rules! numbered {
    ($($id:ident: $integer:ty),*) => {$(
        impl Field for $id {
            const VALUES: u32 = 1;

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) {
                self.0.encode(out);
            }

            #[inline]
            fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self(<$integer>::decode(name, input)?))
            }

            #[inline]
            fn hash_into(&self, word: &mut impl FnMut(u32)) {
                self.0.hash_into(word);
            }
        }
    )*};
}

numbered!(PlayerId: u16, EntityId: u16, Tick: u32);

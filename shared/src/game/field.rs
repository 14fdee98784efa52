//! The encoding, hashing and reflection of one field of an entity, an input or a record.

use glam::IVec2;

use crate::{
    game::reflect::{Reflected, Shape},
    id::{EntityId, PlayerId},
    limits::ROOM_PLAYERS_MAX,
    tick::Tick,
    wire::{DecodeError, Reader, Writer},
};

/// A type of fields that the derives can encode: integers, `bool`, vectors, ids, arrays, and a game's own types made of those, with
/// their allowed values. `#[derive(Field)]` implements it for an enum without fields, for a struct around an integer, and for a struct
/// of fields.
///
/// ```
/// use shared::game::Field;
///
/// /// Written as 0 and 1.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
/// enum Side {
///     Red,
///     Blue,
/// }
///
/// /// One of 64 directions, or 0 for none.
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
/// #[field(max = 64)]
/// struct Direction(u8);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Field`: the derives cannot encode it",
    label = "fields are integers of up to 32 bits, `bool`, `IVec2`, ids, arrays of them, and types with `#[derive(Field)]`",
    note = "text, lists and floats are for records with `#[record(serde)]`"
)]
pub trait Field: Copy + PartialEq {
    /// Number of MessagePack values in the encoding.
    const VALUES: u32;

    /// Appends the value.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Field::encode`] wrote. `name` is the field's name in errors.
    ///
    /// # Errors
    /// A value that is out of range, of another type, or cut off.
    fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Passes the value to a hash, 32 bits at a time.
    fn hash_into(&self, word: &mut impl FnMut(u32));

    /// Appends the names of the numbers that a page gets for a field with this name: `lit` for one number, `place_x` and `place_y` for
    /// a vector.
    fn number_names(name: &str, names: &mut Vec<String>) {
        names.push(name.to_owned());
    }

    /// The value as numbers for a page; true is 1 and false is 0. Of an integer with more than 24 bits a float holds the highest 24.
    fn numbers(&self, number: &mut impl FnMut(f32));

    /// The value nearest to the numbers of a page. A number that is missing, or NaN, counts as 0.
    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self;

    /// The shape of the type's values.
    fn shape() -> Shape;

    /// The value with the names of its parts.
    fn reflect(&self) -> Reflected;

    /// Converts back from the form of [`Field::reflect`], which a user may have edited.
    ///
    /// # Errors
    /// The error as the end of a sentence that begins with the field's name.
    fn from_reflected(value: &Reflected) -> Result<Self, String>;
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

            #[inline]
            fn numbers(&self, number: &mut impl FnMut(f32)) {
                number(*self as f32);
            }

            fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self {
                // The cast saturates, and NaN becomes 0.
                numbers.next().unwrap_or_default().round() as $integer
            }

            fn shape() -> Shape {
                Shape::Int(<$integer>::MIN.into(), <$integer>::MAX.into())
            }

            fn reflect(&self) -> Reflected {
                Reflected::Int((*self).into())
            }

            fn from_reflected(value: &Reflected) -> Result<Self, String> {
                Ok(value.int_within(<$integer>::MIN.into(), <$integer>::MAX.into())? as $integer)
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

    #[inline]
    fn numbers(&self, number: &mut impl FnMut(f32)) {
        number(f32::from(*self));
    }

    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self {
        numbers.next().is_some_and(|number| number.abs() > 0.0)
    }

    fn shape() -> Shape {
        Shape::Bool
    }

    fn reflect(&self) -> Reflected {
        Reflected::Bool(*self)
    }

    fn from_reflected(value: &Reflected) -> Result<Self, String> {
        value.bool()
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

    fn number_names(name: &str, names: &mut Vec<String>) {
        names.extend([format!("{name}_x"), format!("{name}_y")]);
    }

    #[inline]
    fn numbers(&self, number: &mut impl FnMut(f32)) {
        number(self.x as f32);
        number(self.y as f32);
    }

    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self {
        Self::new(i32::from_numbers(numbers), i32::from_numbers(numbers))
    }

    fn shape() -> Shape {
        Shape::Vector(Box::new(i32::shape()))
    }

    fn reflect(&self) -> Reflected {
        Reflected::vector(i64::from(self.x), i64::from(self.y))
    }

    fn from_reflected(value: &Reflected) -> Result<Self, String> {
        let [x, y] = value.fields_of(["x", "y"])?;
        Ok(Self::new(i32::from_reflected(x)?, i32::from_reflected(y)?))
    }
}

/// The elements in order.
impl<T: Field, const N: usize> Field for [T; N] {
    const VALUES: u32 = T::VALUES * N as u32;

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) {
        for field in self {
            field.encode(out);
        }
    }

    #[inline]
    fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
        const { assert!(N > 0, "an array without elements has no value to read") };
        let mut fields = [T::decode(name, input)?; N];
        for field in &mut fields[1..] {
            *field = T::decode(name, input)?;
        }
        Ok(fields)
    }

    #[inline]
    fn hash_into(&self, word: &mut impl FnMut(u32)) {
        for field in self {
            field.hash_into(word);
        }
    }

    fn number_names(name: &str, names: &mut Vec<String>) {
        for place in 0..N {
            T::number_names(&format!("{name}_{place}"), names);
        }
    }

    #[inline]
    fn numbers(&self, number: &mut impl FnMut(f32)) {
        for field in self {
            field.numbers(number);
        }
    }

    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self {
        std::array::from_fn(|_| T::from_numbers(numbers))
    }

    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()), N)
    }

    fn reflect(&self) -> Reflected {
        Reflected::List(self.iter().map(T::reflect).collect())
    }

    fn from_reflected(value: &Reflected) -> Result<Self, String> {
        let list = value.list_of(N)?;
        const { assert!(N > 0, "an array without elements has no value to read") };
        let mut fields = [T::from_reflected(&list[0])?; N];
        for (field, value) in fields.iter_mut().zip(list).skip(1) {
            *field = T::from_reflected(value)?;
        }
        Ok(fields)
    }
}

macro_rules! numbered {
    ($($id:ident: $integer:ty, $high:expr;)*) => {$(
        impl Field for $id {
            const VALUES: u32 = 1;

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) {
                self.0.encode(out);
            }

            #[inline]
            fn decode(name: &'static str, input: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(Self(input.ranged(name, 0, $high)? as $integer))
            }

            #[inline]
            fn hash_into(&self, word: &mut impl FnMut(u32)) {
                self.0.hash_into(word);
            }

            #[inline]
            fn numbers(&self, number: &mut impl FnMut(f32)) {
                self.0.numbers(number);
            }

            fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self {
                let high: i64 = $high;
                Self(<$integer>::from_numbers(numbers).min(high as $integer))
            }

            fn shape() -> Shape {
                Shape::Int(0, $high)
            }

            fn reflect(&self) -> Reflected {
                Reflected::Int(self.0.into())
            }

            fn from_reflected(value: &Reflected) -> Result<Self, String> {
                Ok(Self(value.int_within(0, $high)? as $integer))
            }
        }
    )*};
}

numbered! {
    // A receiver may use it as an index.
    PlayerId: u16, ROOM_PLAYERS_MAX as i64 - 1;
    EntityId: u16, u16::MAX.into();
    Tick: u32, u32::MAX.into();
}

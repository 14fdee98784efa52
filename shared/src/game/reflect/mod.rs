//! Reflection: values with the names of their parts, for the inspector of the admin page and for JSON that pages get.
//!
//! The derives generate both parts from a declaration: its [`Shape`], which is the same for all values of a type, and each value as a
//! [`Reflected`]. Nothing here is used in a tick.

mod expect;
mod json;
#[cfg(test)]
mod tests;
mod value;

pub use self::value::Reflected;

use crate::{
    game::{Field, Replicate, Word},
    wire::{Reader, Writer},
};

/// The shape of a type's values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A single value without content.
    Nothing,
    /// True or false.
    Bool,
    /// An integer from the first number to the second, both allowed.
    Int(i64, i64),
    /// A number with a fraction.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Two coordinates, `x` and `y`, with this shape.
    Vector(Box<Self>),
    /// A list of this shape and this length.
    List(Box<Self>, usize),
    /// A struct.
    Fields(Vec<Member>),
    /// An enum of structs; a value names its variant in `kind`.
    Kinds(Vec<Kind>),
    /// A type that only serde knows.
    Any,
}

/// A field of a struct.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Name of the field.
    pub name: Word,
    /// Its documentation comment, empty if it has none.
    pub about: &'static str,
    /// Shape of its values.
    pub shape: Shape,
}

/// A variant of an enum of structs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Name of the variant.
    pub name: &'static str,
    /// Its documentation comment, empty if it has none.
    pub about: &'static str,
    /// Its fields.
    pub fields: Vec<Member>,
}

/// Returns the entity with one field changed.
///
/// # Errors
/// An unknown field, or a value that the field cannot have, as a sentence.
pub fn with_field<E: Replicate>(entity: &E, field: &str, value: &Reflected) -> Result<E, String> {
    let mut changed = *entity;
    changed.set_field(field, value)?;
    // The decoder checks the bounds in the declaration, such as that of a position.
    let mut bytes = Vec::new();
    changed.encode_fields(&mut Writer::new(&mut bytes));
    E::decode_fields(entity.kind(), &mut Reader::new(&bytes)).map_err(|error| error.to_string())
}

/// Adds the field in the parentheses of a variant or a struct. If it is a struct, its fields are added in its place.
#[doc(hidden)]
pub fn unnamed(name: &'static str, about: &'static str, shape: Shape, members: &mut Vec<Member>) {
    match shape {
        Shape::Fields(fields) => members.extend(fields),
        shape => members.push(Member { name: name.into(), about, shape }),
    }
}

/// Adds a value like [`unnamed`].
#[doc(hidden)]
pub fn unnamed_value<T: Field>(name: &'static str, value: &T, fields: &mut Vec<(Word, Reflected)>) {
    match (T::shape(), value.reflect()) {
        (Shape::Fields(_), Reflected::Fields(inner)) => fields.extend(inner),
        (_, value) => fields.push((name.into(), value)),
    }
}

/// The shape of a number with the bound ±`max`.
#[doc(hidden)]
pub fn bounded(shape: Shape, max: i64) -> Shape {
    match shape {
        Shape::Int(low, high) => Shape::Int(low.max(max.saturating_neg()), high.min(max)),
        other => other,
    }
}

/// The shape of numbers after a multiplication with a fraction.
#[doc(hidden)]
pub fn scaled(shape: Shape) -> Shape {
    match shape {
        Shape::Int(..) => Shape::Number,
        Shape::Vector(_) => Shape::Vector(Box::new(Shape::Number)),
        Shape::List(of, length) => Shape::List(Box::new(scaled(*of)), length),
        other => other,
    }
}

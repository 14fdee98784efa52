//! Values with the names of their parts: for the inspector of the admin page, and for what a page is sent as JSON.
//!
//! The derives write both halves from a declaration: its [`Shape`], which is the same for all values of a type, and each value as a
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

/// What the values of a type are made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// There is only one value, which holds nothing.
    Nothing,
    /// Yes or no.
    Bool,
    /// A whole number in these bounds, both ends in.
    Int(i64, i64),
    /// A number with a fraction.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Two coordinates, `x` and `y`.
    Vector(Box<Self>),
    /// So many of one shape.
    List(Box<Self>, usize),
    /// A struct.
    Fields(Vec<Member>),
    /// One of several structs, each with its `kind`.
    Kinds(Vec<Kind>),
    /// Known by serde alone.
    Any,
}

/// A field of a struct.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// Its name.
    pub name: Word,
    /// Its documentation comment, empty without one.
    pub about: &'static str,
    /// What it holds.
    pub shape: Shape,
}

/// One of several structs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Its documentation comment, empty without one.
    pub about: &'static str,
    /// Its fields.
    pub fields: Vec<Member>,
}

/// An entity with one field changed.
///
/// # Errors
/// A field that it does not have, or a value that the field cannot have, as a sentence.
pub fn with_field<E: Replicate>(entity: &E, field: &str, value: &Reflected) -> Result<E, String> {
    let mut changed = *entity;
    changed.set_field(field, value)?;
    // Bounds that stand in the declaration, such as that of a position, are checked where the fields are read.
    let mut bytes = Vec::new();
    changed.encode_fields(&mut Writer::new(&mut bytes));
    E::decode_fields(entity.kind(), &mut Reader::new(&bytes)).map_err(|error| error.to_string())
}

/// What is in the parentheses of a variant or struct: a struct there counts as if its fields stood there themselves.
#[doc(hidden)]
pub fn unnamed(name: &'static str, about: &'static str, shape: Shape, members: &mut Vec<Member>) {
    match shape {
        Shape::Fields(fields) => members.extend(fields),
        shape => members.push(Member { name: name.into(), about, shape }),
    }
}

/// As [`unnamed`], of a value.
#[doc(hidden)]
pub fn unnamed_value<T: Field>(name: &'static str, value: &T, fields: &mut Vec<(Word, Reflected)>) {
    match (T::shape(), value.reflect()) {
        (Shape::Fields(_), Reflected::Fields(inner)) => fields.extend(inner),
        (_, value) => fields.push((name.into(), value)),
    }
}

/// The shape of a number with a bound of its own.
#[doc(hidden)]
pub fn bounded(shape: Shape, max: i64) -> Shape {
    match shape {
        Shape::Int(low, high) => Shape::Int(low.max(max.saturating_neg()), high.min(max)),
        other => other,
    }
}

/// The shape of numbers that are multiplied.
#[doc(hidden)]
pub fn scaled(shape: Shape) -> Shape {
    match shape {
        Shape::Int(..) => Shape::Number,
        Shape::Vector(_) => Shape::Vector(Box::new(Shape::Number)),
        Shape::List(of, length) => Shape::List(Box::new(scaled(*of)), length),
        other => other,
    }
}

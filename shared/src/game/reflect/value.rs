//! A value with the names of its parts.

use serde::Serialize;

use crate::game::Word;

/// See the module. Serde reads and writes it like a JSON value.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Reflected {
    /// No value, `null` in JSON.
    #[default]
    Nothing,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number with a fraction.
    Number(f64),
    /// A text, or a value of an enum without fields.
    Text(Word),
    /// A list.
    List(Vec<Self>),
    /// A struct, with its fields in order.
    Fields(Vec<(Word, Self)>),
}

impl Reflected {
    /// A vector, a struct of `x` and `y`.
    pub fn vector(x: impl Into<Self>, y: impl Into<Self>) -> Self {
        Self::Fields(vec![("x".into(), x.into()), ("y".into(), y.into())])
    }

    /// A field of a struct by its name; `None` if there is none, or if the value is not a struct.
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Self::Fields(fields) = self else { return None };
        fields.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The value with every number multiplied by `factor`, to convert units for a page.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        match self {
            Self::Int(number) => Self::Number(number as f64 * factor),
            Self::Number(number) => Self::Number(number * factor),
            Self::List(list) => Self::List(list.into_iter().map(|value| value.scaled(factor)).collect()),
            Self::Fields(fields) => {
                Self::Fields(fields.into_iter().map(|(name, value)| (name, value.scaled(factor))).collect())
            }
            other => other,
        }
    }

    /// Converts a value through serde. If that is not possible, the result is the value's debug text.
    pub fn of_serde<T: Serialize + std::fmt::Debug>(value: &T) -> Self {
        let bytes = rmp_serde::to_vec_named(value).ok();
        let read = bytes.and_then(|bytes| rmp_serde::from_slice(&bytes).ok());
        read.unwrap_or_else(|| Self::Text(format!("{value:?}").into()))
    }
}

impl From<bool> for Reflected {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Reflected {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Reflected {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<&'static str> for Reflected {
    fn from(value: &'static str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Reflected {
    fn from(value: String) -> Self {
        Self::Text(value.into())
    }
}

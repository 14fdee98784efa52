//! JSON that keeps the order of its fields and puts what fits on one line.

use std::fmt::{self, Display, Write as _};

/// Characters a line may have.
const LINE_MAX: usize = 150;

/// A JSON value of what vectors hold: no floats.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl Json {
    pub(crate) fn list(values: impl IntoIterator<Item = impl Into<Self>>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// The value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object(fields) = self else { return None };
        fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// On lines of at most [`LINE_MAX`] characters where that is possible.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.write_pretty(&mut out, 0, 0);
        out.push('\n');
        out
    }

    /// `used`: characters of the line that are spoken for besides the indent.
    fn write_pretty(&self, out: &mut String, indent: usize, used: usize) {
        let line = self.to_string();
        let count = match self {
            Self::List(values) => values.len(),
            Self::Object(fields) => fields.len(),
            _ => 0,
        };
        if count == 0 || indent + used + line.chars().count() < LINE_MAX {
            out.push_str(&line);
            return;
        }
        let inner = indent + 2;
        let between = |out: &mut String, index: usize| {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n(' ', inner));
        };
        match self {
            Self::List(values) => {
                out.push('[');
                for (index, value) in values.iter().enumerate() {
                    between(out, index);
                    value.write_pretty(out, inner, 0);
                }
            }
            Self::Object(fields) => {
                out.push('{');
                for (index, (name, value)) in fields.iter().enumerate() {
                    between(out, index);
                    let _ = write!(out, "\"{name}\": ");
                    value.write_pretty(out, inner, name.len() + 4);
                }
            }
            _ => {}
        }
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
        out.push(if matches!(self, Self::List(_)) { ']' } else { '}' });
    }
}

impl Display for Json {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Int(value) => write!(out, "{value}"),
            Self::Text(text) => out.write_str(&serde_json::to_string(text).expect("text is JSON")),
            Self::List(values) => {
                out.write_char('[')?;
                for (index, value) in values.iter().enumerate() {
                    write!(out, "{}{value}", if index == 0 { "" } else { ", " })?;
                }
                out.write_char(']')
            }
            Self::Object(fields) => {
                out.write_char('{')?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    write!(out, "{}\"{name}\": {value}", if index == 0 { "" } else { ", " })?;
                }
                out.write_char('}')
            }
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Vec<Json>> for Json {
    fn from(values: Vec<Json>) -> Self {
        Self::List(values)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {
        $(impl From<$integer> for Json {
            fn from(value: $integer) -> Self {
                Self::Int(value.into())
            }
        })*
    };
}
from_integers!(u8 i8 u16 i32 u32 i64);

/// An object: `object! { "name": value, … }`.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::json::Json::Object(vec![$(($name, $crate::json::Json::from($value))),*])
    };
}
pub(crate) use object;

#[test]
fn long_lines_are_broken_and_short_ones_kept() {
    let short = object! { "name": "a", "values": Json::list([1, 2]) };
    assert_eq!(short.pretty(), "{\"name\": \"a\", \"values\": [1, 2]}\n");
    let long = object! { "name": "a", "texts": Json::list(["x".repeat(80), "y".repeat(80)]) };
    assert!(long.pretty().lines().all(|line| line.len() <= LINE_MAX));
    assert_eq!(long.pretty().lines().count(), 7);
}

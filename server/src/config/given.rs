//! A value that a host sets, and its place.

use toml::Value;

use super::{Key, Place};

/// One value, from one source.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Given {
    pub(crate) key: &'static Key,
    pub(crate) value: Value,
    pub(crate) place: Place,
}

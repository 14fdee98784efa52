//! The configuration file: which settings it gives, and on which lines.

use std::{io, path::Path};

use toml::{Table, Value, de::DeTable};

use super::{
    error::ConfigError,
    key::{self, hint, keys, sections},
    load::Given,
    place::Place,
};
use crate::files;

/// Reads the settings of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Given>, ConfigError> {
    parse(&read_text(path, "the configuration")?, path)
}

/// Reads a file of text, which should hold `what`.
pub(super) fn read_text(path: &Path, what: &str) -> Result<String, ConfigError> {
    files::read_text(path).map_err(|error| {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
            _ => error.to_string(),
        };
        ConfigError::Unreadable { path: path.to_owned(), what: what.to_owned(), reason }
    })
}

fn parse(text: &str, path: &Path) -> Result<Vec<Given>, ConfigError> {
    let place = |at: usize| {
        let line = text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Place::File { path: path.to_owned(), line }
    };
    let malformed = |error: &toml::de::Error| {
        let reason = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        ConfigError::Malformed { place: place(error.span().map_or(0, |span| span.start)), reason }
    };
    // Once for the lines, once for the values.
    let lines = DeTable::parse(text).map_err(|error| malformed(&error))?;
    let values: Table = text.parse().map_err(|error| malformed(&error))?;
    let mut given = Vec::new();
    for (name, value) in lines.get_ref() {
        let (at, name) = (name.span().start, name.get_ref().as_ref());
        if !sections().iter().any(|section| section.name == name) {
            given.push(one(name, &values[name], place(at))?);
            continue;
        }
        let Some(inner) = value.get_ref().as_table() else {
            let allowed = format!("it is a section: write [{name}], its keys below it");
            return Err(refused(place(at).subject(name), &values[name], allowed));
        };
        for inner in inner.keys() {
            let (at, inner) = (inner.span().start, inner.get_ref().as_ref());
            given.push(one(&format!("{name}.{inner}"), &values[name][inner], place(at))?);
        }
    }
    Ok(given)
}

fn one(name: &str, value: &Value, place: Place) -> Result<Given, ConfigError> {
    match key::key(name) {
        Some(key) => Ok(Given { key, value: value.clone(), place }),
        None => {
            let known = keys().iter().map(|key| key.name.as_str());
            let known = known.chain(sections().iter().map(|section| section.name.as_str()));
            Err(ConfigError::Unknown { place, what: format!("key `{name}`"), hint: hint(name, known) })
        }
    }
}

fn refused(subject: String, value: &Value, allowed: String) -> ConfigError {
    ConfigError::NotAllowed { subject, value: value.to_string(), allowed }
}

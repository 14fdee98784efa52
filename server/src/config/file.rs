//! Reads the configuration file: its settings, and the line of each.

use std::{io, path::Path};

use toml::{Table, Value, de::DeTable};

use super::{
    error::ConfigError,
    game_keys::GAMES,
    given::Given,
    key::{KeyTable, hint},
    place::Place,
};
use crate::base::files;

/// Reads the settings of the file at `path`.
pub(super) fn read(path: &Path, table: &'static KeyTable) -> Result<Vec<Given>, ConfigError> {
    parse(&read_text(path, "the configuration")?, path, table)
}

/// Reads a text file; `what` names its expected contents in an error.
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

fn parse(text: &str, path: &Path, table: &'static KeyTable) -> Result<Vec<Given>, ConfigError> {
    let place = |at: usize| {
        let line = text.as_bytes()[..at.min(text.len())].iter().filter(|&&byte| byte == b'\n').count() + 1;
        Place::File { path: path.to_owned(), line }
    };
    let malformed = |error: &toml::de::Error| {
        let reason = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
        ConfigError::Malformed { place: place(error.span().map_or(0, |span| span.start)), reason }
    };
    // The text is parsed twice: for the lines and for the values.
    let lines = DeTable::parse(text).map_err(|error| malformed(&error))?;
    let values: Table = text.parse().map_err(|error| malformed(&error))?;
    let mut reader = Reader { table, place: &place, given: Vec::new() };
    reader.read("", lines.get_ref(), &values)?;
    Ok(reader.given)
}

/// Collects the settings of a file.
struct Reader<'a> {
    table: &'static KeyTable,
    /// Gives the place of a byte of the file.
    place: &'a dyn Fn(usize) -> Place,
    given: Vec<Given>,
}

impl Reader<'_> {
    /// Reads a section; `prefix` is its name and a dot, or empty at the top.
    fn read(&mut self, prefix: &str, lines: &DeTable<'_>, values: &Table) -> Result<(), ConfigError> {
        for (name, line) in lines {
            let (place, field) = ((self.place)(name.span().start), name.get_ref().as_ref());
            let (name, value) = (format!("{prefix}{field}"), &values[field]);
            if !self.is_section(&name) {
                self.take(&name, value, place)?;
                continue;
            }
            match (line.get_ref().as_table(), value) {
                (Some(lines), Value::Table(values)) => self.read(&format!("{name}."), lines, values)?,
                _ => {
                    let allowed = format!("it is a section: write [{name}], its keys below it");
                    return Err(refused(place.subject(&name), value, allowed));
                }
            }
        }
        Ok(())
    }

    fn is_section(&self, name: &str) -> bool {
        name == GAMES || self.table.sections().iter().any(|section| section.name == name)
    }

    fn take(&mut self, name: &str, value: &Value, place: Place) -> Result<(), ConfigError> {
        let Some(key) = self.table.key(name) else {
            // Below `games` only settings of games are suggested.
            let is_game = name.strip_prefix(GAMES).is_some_and(|rest| rest.starts_with('.'));
            let known = self.table.names().filter(|known| !is_game || known.starts_with(GAMES));
            let hint = hint(name, known);
            return Err(ConfigError::Unknown { place, what: format!("key `{name}`"), hint });
        };
        let given = Given { key, value: value.clone(), place };
        given.check_twins(&self.given)?;
        self.given.push(given);
        Ok(())
    }
}

fn refused(subject: String, value: &Value, allowed: String) -> ConfigError {
    ConfigError::NotAllowed { subject, value: value.to_string(), allowed }
}

//! Puts the settings together: defaults, the file, the environment, the command line, each over the one before.

use std::{collections::BTreeMap, path::PathBuf};

use toml::{Table, Value};

use super::{
    Config,
    environment::Environment,
    error::{ConfigError, Wrong},
    file,
    key::Key,
    place::Place,
};
use crate::{flags::Flags, games::Games};

/// Where settings are read from, again at every reload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sources {
    /// The games that there are settings for.
    pub games: Games,
    /// The command line.
    pub flags: Flags,
    /// The environment.
    pub environment: Environment,
}

/// Checked settings, and where each came from.
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    games: Games,
    values: Values,
}

/// A value that one source gives.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Given {
    pub(crate) key: &'static Key,
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// What was given, by key; secrets among it, so it is never shown whole.
type Values = BTreeMap<&'static str, Given>;

impl Sources {
    /// The defaults of a program with these games.
    pub fn new(games: Games) -> Self {
        Self { games, flags: Flags::default(), environment: Environment::default() }
    }

    /// Reads everything anew.
    ///
    /// # Errors
    /// When the file cannot be read, or anything in it, in the environment or on the command line is refused.
    pub fn load(&self) -> Result<Loaded, ConfigError> {
        let mut values = Values::new();
        let table = self.games.table();
        let file = self.file().map_or_else(|| Ok(Vec::new()), |path| file::read(&path, table))?;
        let (environment, flags) = (self.environment.read(table)?, self.flags.read(table)?);
        for given in file.into_iter().chain(environment).chain(flags) {
            given.check()?;
            values.insert(&given.key.name, given);
        }
        read_secrets(self.games, &mut values)?;
        Loaded::build(self.games, values)
    }

    /// The file to read.
    pub fn file(&self) -> Option<PathBuf> {
        self.flags.config.clone().or_else(|| self.environment.config())
    }
}

impl Loaded {
    /// Settings that were put together in code.
    ///
    /// # Errors
    /// When a value is refused.
    pub fn from_program(games: Games, config: Config) -> Result<Self, ConfigError> {
        let mut values = Values::new();
        for (key, value) in given_in(games, &config) {
            let given = Given { key, value, place: Place::Program };
            if !key.secret {
                given.check()?;
            }
            if Some(&given.value) != key.default.as_ref() {
                values.insert(&key.name, given);
            }
        }
        config.check_across(games).map_err(|wrong| refuse(games, &values, wrong))?;
        Ok(Self { config, games, values })
    }

    fn build(games: Games, values: Values) -> Result<Self, ConfigError> {
        let mut table = Table::new();
        // A default that somebody writes down is no other setting: so equal settings are equal.
        for Given { key, value, .. } in values.values().filter(|given| Some(&given.value) != given.key.default.as_ref())
        {
            insert(&mut table, &key.name, value.clone());
        }
        let config: Config = table.try_into().map_err(|error: toml::de::Error| {
            // Each value was fine alone, so this is a fault of ours; it is told all the same.
            ConfigError::Unusable(format!("the settings do not fit together: {}", error.message()))
        })?;
        config.check_across(games).map_err(|wrong| refuse(games, &values, wrong))?;
        Ok(Self { config, games, values })
    }

    /// The games that there are settings for.
    pub fn games(&self) -> Games {
        self.games
    }

    /// Where a setting came from.
    pub fn place(&self, key: &str) -> &Place {
        self.values.get(key).map_or(&Place::Default, |given| &given.place)
    }

    /// The value of a setting, if it has one. Secrets too: not to be shown.
    pub(super) fn value<'a>(&'a self, key: &'a Key) -> Option<&'a Value> {
        self.values.get(key.name.as_str()).map(|given| &given.value).or(key.default.as_ref())
    }

    /// These settings with the values of `other` for the keys that `take` picks.
    pub(super) fn with(&self, other: &Self, take: impl Fn(&Key) -> bool) -> Result<Self, ConfigError> {
        let mut values = Values::new();
        for key in self.games.table().keys() {
            let from = if take(key) { other } else { self };
            if let Some(given) = from.values.get(key.name.as_str()) {
                values.insert(&key.name, given.clone());
            }
        }
        Self::build(self.games, values)
    }
}

impl Given {
    /// A setting that has two names is given by one of them in each place.
    pub(super) fn check_twins(&self, before: &[Self]) -> Result<(), ConfigError> {
        match before.iter().find(|other| other.key.name == self.key.name) {
            None => Ok(()),
            Some(twin) => Err(ConfigError::NotAllowed {
                subject: self.place.subject(&self.key.name),
                value: self.value.to_string(),
                allowed: format!("it is set as well under its other name ({}): give one of them", twin.place),
            }),
        }
    }

    fn check(&self) -> Result<(), ConfigError> {
        let Self { key, value, place } = self;
        key.check(value).map_err(|allowed| ConfigError::NotAllowed {
            subject: place.subject(&key.name),
            value: if key.secret { HIDDEN.to_owned() } else { value.to_string() },
            allowed,
        })
    }
}

impl Key {
    /// What an error shows of a value.
    pub(crate) fn shown(&self, text: &str) -> String {
        if self.secret { HIDDEN.to_owned() } else { format!("\"{}\"", text.escape_debug()) }
    }
}

/// What stands for a secret in an error.
const HIDDEN: &str = "(hidden)";

/// Reads each secret whose file is named: `admin.token_file` gives `admin.token`.
fn read_secrets(games: Games, values: &mut Values) -> Result<(), ConfigError> {
    for secret in games.table().keys().iter().filter(|key| key.secret) {
        let name = format!("{}_file", secret.name);
        let Some(named) = values.get(name.as_str()) else { continue };
        if let Some(given) = values.get(secret.name.as_str()) {
            let subject = named.place.subject(&name);
            let allowed = format!("{} is set as well ({}): give one of them", secret.name, given.place);
            return Err(ConfigError::NotAllowed { subject, value: named.value.to_string(), allowed });
        }
        let path = PathBuf::from(named.value.as_str().unwrap_or_default());
        let text = file::read_text(&path, &secret.name)?;
        // Editors end a file with a line break, which is no part of a secret.
        let value = Value::String(text.trim_end_matches(['\n', '\r']).to_owned());
        let given = Given { key: secret, value, place: Place::WholeFile(path) };
        given.check()?;
        values.insert(&secret.name, given);
    }
    Ok(())
}

/// The values that a configuration has, key by key.
fn given_in(games: Games, config: &Config) -> Vec<(&'static Key, Value)> {
    let table = Value::try_from(config).expect("a configuration can be written as TOML");
    let value = |key: &Key| key.name.split('.').try_fold(&table, |value, part| value.get(part)).cloned();
    games.table().keys().iter().filter_map(|key| Some((key, value(key)?))).collect()
}

/// Puts a value where a name of several parts leads.
fn insert(table: &mut Table, name: &str, value: Value) {
    match name.split_once('.') {
        None => drop(table.insert(name.to_owned(), value)),
        Some((section, rest)) => {
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            let section = section.as_table_mut().expect("what has settings below it is a section");
            insert(section, rest, value);
        }
    }
}

fn refuse(games: Games, values: &Values, Wrong { key, value, allowed }: Wrong) -> ConfigError {
    let place = values.get(key.as_str()).map_or(&Place::Default, |given| &given.place);
    let hidden = games.table().key(&key).is_some_and(|key| key.secret);
    let value = if hidden { HIDDEN.to_owned() } else { value };
    ConfigError::NotAllowed { subject: place.subject(&key), value, allowed }
}

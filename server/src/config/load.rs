//! Puts the settings together: defaults, file, environment, command line; each overrides the ones before it.

use std::{collections::BTreeMap, path::PathBuf};

use toml::{Table, Value};

use super::{
    Config,
    environment::Environment,
    error::{ConfigError, Wrong},
    file,
    given::Given,
    key::Key,
    place::Place,
};
use crate::config::{Games, flags::Flags};

/// The sources of settings, which are read again at every reload.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sources {
    /// The games whose settings are known.
    pub games: Games,
    /// The command line.
    pub flags: Flags,
    /// The environment.
    pub environment: Environment,
}

/// Checked settings, and the place of each.
#[derive(Clone, PartialEq, Debug)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    games: Games,
    values: Values,
}

/// Given values by key. Secrets are among them, so the map is never printed.
type Values = BTreeMap<&'static str, Given>;

impl Sources {
    /// No flags and variables: the defaults of a program with these games.
    pub fn new(games: Games) -> Self {
        Self { games, flags: Flags::default(), environment: Environment::default() }
    }

    /// Reads all sources again.
    ///
    /// # Errors
    /// When the file cannot be read, or a value of a source is refused.
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

    /// Path of the file, if there is one.
    pub fn file(&self) -> Option<PathBuf> {
        self.flags.config.clone().or_else(|| self.environment.config())
    }
}

impl Loaded {
    /// Settings that a program has made.
    ///
    /// # Errors
    /// When a value is not allowed.
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
        // A given value that equals the default is left out, so that equal settings compare equal.
        for Given { key, value, .. } in values.values().filter(|given| Some(&given.value) != given.key.default.as_ref())
        {
            insert(&mut table, &key.name, value.clone());
        }
        let config: Config = table.try_into().map_err(|error: toml::de::Error| {
            // Each value was valid alone, so this is a fault of the program; it is reported as an error nevertheless.
            ConfigError::Unusable(format!("the settings contradict each other: {}", error.message()))
        })?;
        config.check_across(games).map_err(|wrong| refuse(games, &values, wrong))?;
        Ok(Self { config, games, values })
    }

    /// The games whose settings are known.
    pub fn games(&self) -> Games {
        self.games
    }

    /// The place of a setting.
    pub fn place(&self, key: &str) -> &Place {
        self.values.get(key).map_or(&Place::Default, |given| &given.place)
    }

    /// The value of a setting, if it has one. It may be a secret, so do not print it.
    pub(super) fn value<'a>(&'a self, key: &'a Key) -> Option<&'a Value> {
        self.values.get(key.name.as_str()).map(|given| &given.value).or(key.default.as_ref())
    }

    /// A copy with the values of `other` for the keys that `take` picks.
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
    /// Refuses a setting that one source gives twice, by its name and its short name.
    pub(super) fn check_twins(&self, before: &[Self]) -> Result<(), ConfigError> {
        match before.iter().find(|other| other.key.name == self.key.name) {
            None => Ok(()),
            Some(twin) => Err(ConfigError::NotAllowed {
                subject: self.place.subject(&self.key.name),
                value: self.value.to_string(),
                allowed: format!("it is also set by its other name ({}): keep one of them", twin.place),
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
    /// A value as an error quotes it.
    pub(crate) fn shown(&self, text: &str) -> String {
        if self.secret { HIDDEN.to_owned() } else { format!("\"{}\"", text.escape_debug()) }
    }
}

/// Replaces a secret in an error.
const HIDDEN: &str = "(hidden)";

/// Reads each secret whose file is named: `admin.token_file` gives `admin.token`.
fn read_secrets(games: Games, values: &mut Values) -> Result<(), ConfigError> {
    for secret in games.table().keys().iter().filter(|key| key.secret) {
        let name = format!("{}_file", secret.name);
        let Some(named) = values.get(name.as_str()) else { continue };
        if let Some(given) = values.get(secret.name.as_str()) {
            let subject = named.place.subject(&name);
            let allowed = format!("{} is also set ({}): keep one of them", secret.name, given.place);
            return Err(ConfigError::NotAllowed { subject, value: named.value.to_string(), allowed });
        }
        let path = PathBuf::from(named.value.as_str().unwrap_or_default());
        let text = file::read_text(&path, &secret.name)?;
        // Editors end a file with a line break, which is not part of a secret.
        let value = Value::String(text.trim_end_matches(['\n', '\r']).to_owned());
        let given = Given { key: secret, value, place: Place::WholeFile(path) };
        given.check()?;
        values.insert(&secret.name, given);
    }
    Ok(())
}

/// The values of a configuration, key by key.
fn given_in(games: Games, config: &Config) -> Vec<(&'static Key, Value)> {
    let table = Value::try_from(config).expect("a configuration can be written as TOML");
    let value = |key: &Key| key.name.split('.').try_fold(&table, |value, part| value.get(part)).cloned();
    games.table().keys().iter().filter_map(|key| Some((key, value(key)?))).collect()
}

/// Inserts a value at a name with dots, and makes the tables on the way.
fn insert(table: &mut Table, name: &str, value: Value) {
    match name.split_once('.') {
        None => drop(table.insert(name.to_owned(), value)),
        Some((section, rest)) => {
            let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            let section = section.as_table_mut().expect("a name before a dot is a section");
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

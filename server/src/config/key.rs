//! The table of all settings, derived from the structs of the sections: name, description, kind, bounds and default.
//!
//! Flags, variables, the shipped file and the checks of ranges all follow from one field of a struct. In addition to its description,
//! a field carries attributes in `#[schemars(..)]`:
//!
//! ```text
//! range(min = 1, max = 9)              allowed range
//! extend("live" = true)                a running server takes a change without a restart
//! extend("value" = "SECONDS")          placeholder of its value in --help
//! extend("allowed" = "IP:PORT")        allowed values, in words, where a range cannot say it
//! extend("example" = "foundry")        value in the shipped file if there is no default
//! extend("secret" = true)              never printed; the setting NAME_file reads it from a file
//! ```

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;
use shared::limits::MAP_NAME_BYTES_MAX;
use toml::Value;

use super::{
    Config, SECTIONS, check_text,
    game_keys::{GAMES, MAP, MAPS, MODE},
};
use crate::games::{GameSetting, Hosted, fields::fields, mode_named};

/// One setting.
#[derive(Clone, PartialEq, Debug)]
pub struct Key {
    /// `fill`, or `limits.per_address`.
    pub name: String,
    /// The section, empty for the keys at the top.
    pub section: String,
    /// Description in a sentence or two.
    pub doc: String,
    /// Type and bounds of its values.
    pub kind: Kind,
    /// The default value; `None` if the setting is not set by default.
    pub default: Option<Value>,
    /// True if a running server takes a change.
    pub live: bool,
    /// True if its value is never printed.
    pub secret: bool,
    /// Placeholder of its value in `--help`.
    pub value_name: String,
    /// A value for the shipped file if there is no default.
    pub example: Option<String>,
    /// `--limits-per-address`, without its dashes.
    pub flag: String,
    /// `RICOCHET_LIMITS_PER_ADDRESS`.
    pub variable: String,
    /// Its short names, if it is a setting of the first game.
    pub short: Option<Short>,
    allowed: Option<String>,
    /// The game that it belongs to; `None` for the engine's settings.
    game: Option<&'static dyn Hosted>,
}

/// Shorter names of a setting of the first game: `round_secs` for `games.NAME.round_secs`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Short {
    /// `round_secs`.
    pub name: String,
    /// `--round-secs`, without its dashes.
    pub flag: String,
    /// `RICOCHET_ROUND_SECS`.
    pub variable: String,
}

/// Type and bounds of a setting's values.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// A whole number in a range that includes both ends.
    Whole(i64, i64),
    /// A number.
    Number,
    /// `true` or `false`.
    Switch,
    /// A string.
    Text,
    /// One of these strings.
    Choice(Vec<String>),
    /// A list of strings.
    List,
}

/// A section with its description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// `limits`.
    pub name: String,
    /// Its description.
    pub doc: String,
}

/// Prefix of every environment variable of a setting.
pub const VARIABLE_PREFIX: &str = "RICOCHET_";

/// Every setting of a program: the engine's, and those of its games.
#[derive(Debug)]
pub struct KeyTable {
    keys: Vec<Key>,
    sections: Vec<Section>,
}

impl KeyTable {
    /// Every setting, in the order of the structs: those at the top first, then section by section, the games' last.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Every section, in the order of [`Config`].
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// Finds a setting by its name or short name.
    pub(super) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name || key.short.as_ref().is_some_and(|short| short.name == name))
    }

    /// Every name that is allowed in a file: settings, short names and sections.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let short = self.keys.iter().filter_map(|key| key.short.as_ref()).map(|short| short.name.as_str());
        let keys = self.keys.iter().map(|key| key.name.as_str());
        keys.chain(short).chain(self.sections.iter().map(|section| section.name.as_str()))
    }
}

/// A hint for an unknown `name`: the most similar name of `known`, or all of them.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.clone().max_by(|one, other| near(one).total_cmp(&near(other)));
    match nearest.filter(|nearest| near(nearest) > NEAR) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// Similarity (Jaro-Winkler, 0 to 1) from which a name is suggested.
const NEAR: f64 = 0.8;

impl Key {
    /// Parses the text of a flag or variable.
    ///
    /// # Errors
    /// The allowed values, in words.
    pub(crate) fn parse(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let value = match self.kind {
            Kind::Whole(..) => text.parse().ok().map(Value::Integer),
            Kind::Number => text.parse().ok().map(Value::Float),
            Kind::Switch => text.parse().ok().map(Value::Boolean),
            Kind::Text | Kind::Choice(_) => Some(Value::String(text.to_owned())),
            Kind::List => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
            }
        };
        value.ok_or_else(|| self.allowed())
    }

    /// Checks a value by itself.
    ///
    /// # Errors
    /// The allowed values, in words.
    pub(super) fn check(&self, value: &Value) -> Result<(), String> {
        let fits = match (&self.kind, value) {
            (&Kind::Whole(low, high), &Value::Integer(value)) => (low..=high).contains(&value),
            (Kind::Number, Value::Float(value)) => value.is_finite(),
            (Kind::Number, Value::Integer(_)) | (Kind::Switch, Value::Boolean(_)) | (Kind::Text, Value::String(_)) => {
                true
            }
            (Kind::Choice(choices), Value::String(value)) => choices.contains(value),
            (Kind::List, Value::Array(parts)) => parts.iter().all(Value::is_str),
            _ => false,
        };
        if !fits {
            return Err(self.allowed());
        }
        if let Some(game) = self.game {
            return self.check_with(game, value);
        }
        // Every key has a default, so we can deserialize a configuration of this key alone, and its type checks the value.
        let alone = self
            .name
            .rsplit('.')
            .fold(value.clone(), |value, part| Value::Table(toml::Table::from_iter([(part.to_owned(), value)])));
        let outcome = alone.try_into::<Config>();
        outcome.map(drop).map_err(|error| self.allowed.clone().unwrap_or_else(|| error.message().to_owned()))
    }

    /// Lets the game of this setting check a value.
    fn check_with(&self, game: &dyn Hosted, value: &Value) -> Result<(), String> {
        let name = self.field();
        match (name, value.as_str()) {
            (MODE, Some(mode)) => mode_named(game.modes(), mode).map(drop),
            (MAP, Some(map)) => check_text(MAP, map, MAP_NAME_BYTES_MAX).map_err(|wrong| wrong.allowed),
            (MAPS, Some(_)) => Ok(()),
            _ => game.check_settings(&toml::Table::from_iter([(name.to_owned(), value.clone())])),
        }
    }

    /// Its name within its section.
    pub(super) fn field(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// The allowed values, in words.
    pub fn allowed(&self) -> String {
        if let Some(allowed) = &self.allowed {
            return allowed.clone();
        }
        match &self.kind {
            Kind::Whole(low, i64::MAX) => format!("allowed are whole numbers from {low}"),
            Kind::Whole(low, high) => format!("allowed are {low} to {high}"),
            Kind::Number => "allowed are numbers".to_owned(),
            Kind::Switch => "allowed are true and false".to_owned(),
            Kind::Text => "allowed is text".to_owned(),
            Kind::Choice(choices) => format!("allowed are {}", choices.join(", ")),
            Kind::List => "allowed is a list of texts".to_owned(),
        }
    }
}

impl Key {
    /// The texts that it may be, if only some are allowed.
    pub(crate) fn choices(&self) -> Option<&[String]> {
        match &self.kind {
            Kind::Choice(choices) => Some(choices),
            _ => None,
        }
    }

    /// True if [`Key::allowed`] says more than that the value is a text or a list of texts.
    pub(super) fn is_told(&self) -> bool {
        self.allowed.is_some() || !matches!(self.kind, Kind::Text | Kind::List)
    }
}

impl KeyTable {
    /// The table of a program with these games.
    pub(crate) fn new(games: &[&'static dyn Hosted]) -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
        let schema: Json = settings.into_generator().into_root_schema_for::<Config>().to_value();
        let defaults = toml::Table::try_from(Config::default()).expect("the defaults can be written as TOML");
        let nothing = toml::Table::new();
        let (mut keys, mut sections) = (Vec::new(), Vec::new());
        for &field in fields::<Config>().iter().filter(|&&field| field != GAMES) {
            let property = &schema["properties"][field];
            match SECTIONS.iter().find(|(name, _)| *name == field) {
                None => keys.push(Key::new("", field, property, defaults.get(field))),
                Some((_, inner)) => {
                    sections.push(Section { name: field.to_owned(), doc: doc(property) });
                    let defaults = defaults.get(field).and_then(Value::as_table).unwrap_or(&nothing);
                    for &inner in inner() {
                        keys.push(Key::new(field, inner, &property["properties"][inner], defaults.get(inner)));
                    }
                }
            }
        }
        if let Some(game) = keys.iter_mut().find(|key| key.name == "game") {
            game.kind = Kind::Choice(games.iter().map(|game| game.name().to_owned()).collect());
            game.example = games.first().map(|game| game.name().to_owned());
        }
        for (index, &game) in games.iter().enumerate() {
            let section = format!("{GAMES}.{}", game.name());
            let doc =
                format!("Settings of the game \"{}\". A change applies to rooms that open after it.", game.name());
            let engine: Vec<String> =
                keys.iter().map(|key| key.name.clone()).chain(sections.iter().map(|one| one.name.clone())).collect();
            for mut key in Key::of_game(game, &section) {
                assert!(keys.iter().all(|other| other.flag != key.flag), "two settings have the flag of {}", key.name);
                if index == 0 && !engine.iter().any(|name| name == key.field()) {
                    key.short = Some(Short::new(key.field()));
                }
                keys.push(key);
            }
            sections.push(Section { name: section, doc });
        }
        Self { keys, sections }
    }
}

impl Short {
    fn new(name: &str) -> Self {
        let (flag, variable) = spelled(name);
        Self { name: name.to_owned(), flag, variable }
    }
}

/// The name of a key as a flag and as a variable.
fn spelled(name: &str) -> (String, String) {
    let words = name.replace(['.', '-'], "_");
    (words.replace('_', "-"), format!("{VARIABLE_PREFIX}{}", words.to_uppercase()))
}

impl Key {
    fn new(section: &str, field: &str, property: &Json, default: Option<&Value>) -> Self {
        let name = if section.is_empty() { field.to_owned() } else { format!("{section}.{field}") };
        let (flag, variable) = spelled(&name);
        let text = |entry: &str| property[entry].as_str().map(str::to_owned);
        let kind = Kind::of(property);
        Self {
            section: section.to_owned(),
            doc: doc(property),
            default: default.cloned(),
            live: property["live"] == true,
            secret: property["secret"] == true,
            value_name: text("value").unwrap_or_else(|| kind.value_name().to_owned()),
            example: text("example").or_else(|| property["example"].as_i64().map(|number| number.to_string())),
            flag,
            variable,
            short: None,
            allowed: text("allowed"),
            game: None,
            name,
            kind,
        }
    }

    /// The settings of a game: those that the engine adds to every game, then the game's own.
    fn of_game(game: &'static dyn Hosted, section: &str) -> Vec<Self> {
        let text = |name, about: String, value_name, default: Option<&str>| GameSetting {
            name,
            about,
            value_name: Some(value_name),
            default: default.map(|text| Value::String(text.to_owned())),
            range: (i64::MIN, i64::MAX),
        };
        let (modes, maps) = (game.modes(), game.shipped_maps());
        let mut settings = Vec::new();
        if let [first, _, ..] = modes {
            let about = format!("The mode of rooms if a join names none: {}.", modes.join(" or "));
            settings.push(text(MODE, about, "MODE", Some(first)));
        }
        if maps.len() > 1 {
            let about = "Play this map only, instead of all that fit the mode and the room size.";
            settings.push(text(MAP, about.to_owned(), "NAME", None));
            let about = "Read maps from this folder, instead of the built-in ones.";
            settings.push(text(MAPS, about.to_owned(), "DIR", None));
        }
        let new = |setting: GameSetting| {
            let GameSetting { name: field, about, value_name, default, range } = setting;
            let name = format!("{section}.{field}");
            let (flag, variable) = spelled(&name);
            let kind = Kind::of_value(default.as_ref(), range);
            Self {
                section: section.to_owned(),
                doc: about,
                default,
                live: true,
                secret: false,
                value_name: value_name.unwrap_or_else(|| kind.value_name()).to_owned(),
                example: match field {
                    MAP => maps.first().map(|&map| map.to_owned()),
                    MAPS => Some(MAPS.to_owned()),
                    _ => None,
                },
                flag,
                variable,
                short: None,
                allowed: None,
                game: Some(game),
                name,
                kind,
            }
        };
        settings.into_iter().chain(game.settings()).map(new).collect()
    }
}

impl Kind {
    /// The kind of a game's setting, derived from its default.
    fn of_value(default: Option<&Value>, (low, high): (i64, i64)) -> Self {
        match default {
            Some(Value::Integer(_)) => Self::Whole(low, high),
            Some(Value::Float(_)) => Self::Number,
            Some(Value::Boolean(_)) => Self::Switch,
            Some(Value::Array(_)) => Self::List,
            _ => Self::Text,
        }
    }

    fn of(property: &Json) -> Self {
        let types = &property["type"];
        let is = |name: &str| types == name || types.as_array().is_some_and(|all| all.iter().any(|one| one == name));
        if let Some(choices) = choices(property) {
            return Self::Choice(choices);
        }
        if is("integer") {
            let bound =
                |name: &str| property[name].as_i64().or_else(|| property[name].as_f64().map(|bound| bound as i64));
            return Self::Whole(bound("minimum").unwrap_or(i64::MIN), bound("maximum").unwrap_or(i64::MAX));
        }
        match () {
            () if is("number") => Self::Number,
            () if is("boolean") => Self::Switch,
            () if is("array") => Self::List,
            () => Self::Text,
        }
    }

    fn value_name(&self) -> &'static str {
        match self {
            Self::Whole(..) | Self::Number => "N",
            Self::Switch => "BOOL",
            Self::Text | Self::Choice(_) => "TEXT",
            Self::List => "LIST",
        }
    }
}

/// The variants' names of an enum without data.
fn choices(property: &Json) -> Option<Vec<String>> {
    if let Some(plain) = property["enum"].as_array() {
        return Some(plain.iter().filter_map(Json::as_str).map(str::to_owned).collect());
    }
    let described = property["oneOf"].as_array()?;
    Some(described.iter().filter_map(|one| one["const"].as_str()).map(str::to_owned).collect())
}

/// The description, joined to one line.
fn doc(property: &Json) -> String {
    let lines = property["description"].as_str().unwrap_or_default().lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::games::testing;

    #[test]
    fn every_key_says_what_it_is_and_has_a_flag_of_its_own() {
        let mut flags: BTreeSet<&str> = BTreeSet::from(["config", "print-config", "check-config", "help", "version"]);
        let games = testing::games();
        let table = games.table();
        for key in table.keys() {
            assert!(key.doc.ends_with('.'), "{}: {:?}", key.name, key.doc);
            assert!(flags.insert(&key.flag), "{} twice", key.flag);
            if let Some(default) = &key.default {
                assert_eq!(key.check(default), Ok(()), "{}", key.name);
            }
        }
        let short = table.keys().iter().filter_map(|key| key.short.as_ref());
        short.for_each(|short| assert!(flags.insert(&short.flag), "{} twice", short.flag));
        assert!(table.sections().iter().all(|section| section.doc.ends_with('.')), "{:?}", table.sections());
    }

    #[test]
    fn ranges_come_from_the_fields() {
        let games = testing::games();
        let kind = |name| games.table().key(name).expect("there is such a key").kind.clone();
        assert_eq!(kind("tick_hz"), Kind::Whole(10, 120));
        assert_eq!(kind("score_limit"), Kind::Whole(1, 65_535));
        assert_eq!(kind("origins"), Kind::List);
        assert_eq!(kind("map"), Kind::Text);
        assert_eq!(kind("seed"), Kind::Whole(0, i64::MAX));
    }

    #[test]
    fn misspelt_name_is_told_the_nearest() {
        let known = ["room_size", "fill", "tick_hz"];
        assert_eq!(hint("room_seats", known.into_iter()), "did you mean room_size?");
        assert_eq!(hint("colour", known.into_iter()), "known are room_size, fill, tick_hz");
    }
}

//! Every setting there is, read off the structs of the sections: name, description, kind, bounds and default.
//!
//! So flags, variables, the shipped file and the checks of ranges follow from one field. What a field says of itself beside
//! its description stands in `#[schemars(..)]`:
//!
//! ```text
//! range(min = 1, max = 9)              what is allowed
//! extend("live" = true)                a running server takes a change without a restart
//! extend("value" = "SECONDS")          what --help calls its value
//! extend("allowed" = "IP:PORT")        what is allowed, where no range says it
//! extend("example" = "foundry")        shown in the shipped file where nothing is the default
//! extend("secret" = true)              never shown; NAME_file beside NAME reads it from a file
//! ```

use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::Value as Json;
use toml::Value;

use super::{Config, SECTIONS, fields::fields};

/// One setting.
#[derive(Clone, PartialEq, Debug)]
pub struct Key {
    /// `fill`, or `limits.per_address`.
    pub name: String,
    /// The section, empty for the keys at the top.
    pub section: String,
    /// What it is, in a sentence or two.
    pub doc: String,
    /// What values look like.
    pub kind: Kind,
    /// Without a value: none.
    pub default: Option<Value>,
    /// Whether a running server takes a change.
    pub live: bool,
    /// Whether its value is never shown.
    pub secret: bool,
    /// What `--help` calls its value.
    pub value_name: String,
    /// What could stand there where nothing is the default.
    pub example: Option<String>,
    /// `--limits-per-address`, without its dashes.
    pub flag: String,
    /// `RICOCHET_LIMITS_PER_ADDRESS`.
    pub variable: String,
    allowed: Option<String>,
}

/// What values of a setting look like.
#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    /// A whole number in a range, both ends in.
    Whole(i64, i64),
    /// A number.
    Number,
    /// True or false.
    Switch,
    /// Text.
    Text,
    /// One of these.
    Choice(Vec<String>),
    /// Several texts.
    List,
}

/// A section with its description.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// `limits`.
    pub name: String,
    /// What it is about.
    pub doc: String,
}

/// Variables of the environment begin with this.
pub const VARIABLE_PREFIX: &str = "RICOCHET_";

/// Every setting, in the order of the structs: those at the top first, then section by section.
pub fn keys() -> &'static [Key] {
    &TABLE.0
}

/// Every section, in the order of [`Config`].
pub fn sections() -> &'static [Section] {
    &TABLE.1
}

/// The setting of a name.
pub(super) fn key(name: &str) -> Option<&'static Key> {
    keys().iter().find(|key| key.name == name)
}

/// A sentence on what may have been meant by `name`, which is none of `known`.
pub(super) fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let near = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.clone().max_by(|one, other| near(one).total_cmp(&near(other)));
    match nearest.filter(|nearest| near(nearest) > NEAR) {
        Some(nearest) => format!("did you mean {nearest}?"),
        None => format!("known are {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// Names that are more alike than this were meant, mostly.
const NEAR: f64 = 0.8;

static TABLE: LazyLock<(Vec<Key>, Vec<Section>)> = LazyLock::new(table);

impl Key {
    /// A value out of text, as flags and variables give it.
    ///
    /// # Errors
    /// With what is allowed.
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
    /// With what is allowed.
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
        // Every key has a default, so a configuration of this one alone tells what its own type thinks of it.
        let alone = self
            .name
            .rsplit('.')
            .fold(value.clone(), |value, part| Value::Table(toml::Table::from_iter([(part.to_owned(), value)])));
        let outcome = alone.try_into::<Config>();
        outcome.map(drop).map_err(|error| self.allowed.clone().unwrap_or_else(|| error.message().to_owned()))
    }

    /// What is allowed, in words.
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
            Kind::List => "allowed are several texts".to_owned(),
        }
    }
}

impl Key {
    /// Whether [`Key::allowed`] says more than that it is a text, or several.
    pub(super) fn is_told(&self) -> bool {
        self.allowed.is_some() || !matches!(self.kind, Kind::Text | Kind::List)
    }
}

fn table() -> (Vec<Key>, Vec<Section>) {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema: Json = settings.into_generator().into_root_schema_for::<Config>().to_value();
    let defaults = toml::Table::try_from(Config::default()).expect("the defaults can be written as TOML");
    let nothing = toml::Table::new();
    let (mut keys, mut sections) = (Vec::new(), Vec::new());
    for &field in fields::<Config>() {
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
    (keys, sections)
}

impl Key {
    fn new(section: &str, field: &str, property: &Json, default: Option<&Value>) -> Self {
        let name = if section.is_empty() { field.to_owned() } else { format!("{section}.{field}") };
        let words = name.replace('.', "_");
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
            flag: words.replace('_', "-"),
            variable: format!("{VARIABLE_PREFIX}{}", words.to_uppercase()),
            allowed: text("allowed"),
            name,
            kind,
        }
    }
}

impl Kind {
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

/// The names of an enum whose variants hold nothing.
fn choices(property: &Json) -> Option<Vec<String>> {
    if let Some(plain) = property["enum"].as_array() {
        return Some(plain.iter().filter_map(Json::as_str).map(str::to_owned).collect());
    }
    let described = property["oneOf"].as_array()?;
    Some(described.iter().filter_map(|one| one["const"].as_str()).map(str::to_owned).collect())
}

/// A description as one line.
fn doc(property: &Json) -> String {
    let lines = property["description"].as_str().unwrap_or_default().lines().map(str::trim);
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_key_says_what_it_is_and_has_a_flag_of_its_own() {
        let mut flags = BTreeSet::from(["config", "print-config", "check-config", "help", "version"]);
        for key in keys() {
            assert!(key.doc.ends_with('.'), "{}: {:?}", key.name, key.doc);
            assert!(flags.insert(&key.flag), "{} twice", key.flag);
            if let Some(default) = &key.default {
                assert_eq!(key.check(default), Ok(()), "{}", key.name);
            }
        }
        assert!(sections().iter().all(|section| section.doc.ends_with('.')), "{:?}", sections());
    }

    #[test]
    fn ranges_come_from_the_fields() {
        let kind = |name| key(name).expect("there is such a key").kind.clone();
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

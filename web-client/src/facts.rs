//! Objects that a page is told, made of what the engine knows and what the game adds.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shared::{PlayerId, game};

/// A JSON object.
pub type Facts = Map<String, Value>;

/// What everyone is called who is present.
#[derive(Clone, Debug, Default)]
pub struct Names(pub(crate) BTreeMap<PlayerId, (String, bool)>);

impl Names {
    /// What a player is called; nothing of a free seat.
    pub fn of(&self, player: PlayerId) -> &str {
        self.0.get(&player).map_or("", |(name, _)| name)
    }
}

/// The facts of `serde_json::json!({ … })`; none of what is no object.
pub fn facts(value: Value) -> Facts {
    match value {
        Value::Object(facts) => facts,
        _ => Facts::new(),
    }
}

/// A summary's fields as they are.
pub(crate) fn from_fields(fields: &[(game::Word, game::Value)]) -> Facts {
    let json = |value| serde_json::to_value(value).expect("numbers, words and lists of them are JSON");
    fields.iter().map(|(name, value)| (name.to_string(), json(value))).collect()
}

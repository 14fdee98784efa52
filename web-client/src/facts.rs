//! JSON objects for the page, to which both the engine and the game add fields.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use shared::{PlayerId, game};

/// A JSON object.
pub type Facts = Map<String, Value>;

/// Names of the players in the room, and for each whether it is a computer opponent.
#[derive(Clone, Debug, Default)]
pub struct Names(pub(crate) BTreeMap<PlayerId, (String, bool)>);

impl Names {
    /// Name of the player in a seat, empty if the seat is free.
    pub fn of(&self, player: PlayerId) -> &str {
        self.0.get(&player).map_or("", |(name, _)| name)
    }
}

/// The fields of `serde_json::json!({ … })`. A value that is not an object gives none.
pub fn facts(value: Value) -> Facts {
    match value {
        Value::Object(facts) => facts,
        _ => Facts::new(),
    }
}

/// The fields of a game's summary, unchanged.
pub(crate) fn from_fields(fields: &[(game::Word, game::Value)]) -> Facts {
    let json = |value| serde_json::to_value(value).expect("numbers, words and lists of them are JSON");
    fields.iter().map(|(name, value)| (name.to_string(), json(value))).collect()
}

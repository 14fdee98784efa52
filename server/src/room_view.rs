//! What a room shows of itself to the rest of the server: published by its shard a few times a second, read by anyone.

use std::collections::BTreeMap;

use room::Match;
use serde::{Serialize, Serializer, ser::SerializeMap};
use shared::game::{Fields, Profile, Summary};

/// What a room looked like a moment ago.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RoomView {
    /// The newest tick.
    pub tick: u32,
    /// Name of the map.
    pub map: String,
    /// Where the match is, in its game's word.
    pub phase: String,
    /// Whether players would lose something if the room ended now.
    pub in_match: bool,
    /// What the game says of the match.
    pub facts: Facts,
    /// Everyone with a seat, opponents included, the best first.
    pub players: Vec<PlayerView>,
    /// Players who are no opponents.
    pub humans: u32,
    /// Those of them whose link is gone and who are awaited.
    pub away: u32,
    /// Those who only watch.
    pub spectators: u32,
    /// Work of one tick of this room, milliseconds, over the last seconds.
    pub tick_ms: Percentiles,
    /// How late its ticks began, milliseconds, over the last seconds.
    pub late_ms: Percentiles,
    /// Payload sent to its players, bytes per second.
    pub down_bytes_per_s: f64,
    /// Payload received from its players, bytes per second.
    pub up_bytes_per_s: f64,
    /// Rung of the overload ladder, 0 is full quality.
    pub overload_rung: u8,
}

/// One player as others may see it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlayerView {
    /// Shown name.
    pub name: String,
    /// Whether a computer plays it.
    pub opponent: bool,
    /// Whether its link is gone and it is awaited.
    pub away: bool,
    /// What the game says of it.
    #[serde(flatten)]
    pub facts: Facts,
}

/// What a game says of something: keys of the JSON object in which they stand. Each key is there once, and none is one of the engine's.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts(Fields);

/// Keys of the objects about a room that are the engine's, in the lists for players and in the state for administrators.
pub(crate) const ROOM_KEYS: [&str; 23] = [
    "away",
    "condition",
    "down_bytes_per_s",
    "game",
    "humans",
    "id",
    "late_ms",
    "map",
    "maps",
    "match_facts",
    "mode",
    "opponents",
    "overload_rung",
    "phase",
    "player_facts",
    "players",
    "seats",
    "shard",
    "spectators",
    "taken",
    "tick",
    "tick_ms",
    "up_bytes_per_s",
];
/// The same of the objects about a player.
pub(crate) const PLAYER_KEYS: [&str; 22] = [
    "ack_ms",
    "address",
    "age_s",
    "away",
    "blocked",
    "condition",
    "down_bytes",
    "held",
    "inputs",
    "last_address",
    "loss",
    "muted",
    "name",
    "opponent",
    "player",
    "quality",
    "rtt_ms",
    "session",
    "snapshots_skipped",
    "spectator",
    "transport",
    "up_bytes",
];

/// A distribution in three numbers.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Percentiles {
    /// Median.
    pub p50: f64,
    /// One in a hundred is above.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

impl RoomView {
    /// What the game and the seats show of a room; of its ticks and its traffic nothing is known yet.
    pub(crate) fn of(room: &dyn Match) -> Self {
        let Summary { phase, in_match, fields, players: facts } = room.summary();
        let mut seated: BTreeMap<_, Profile> = room.roster().into_iter().collect();
        // Somebody of whom the game says nothing comes last.
        let ranked = facts.into_iter().filter_map(|(player, facts)| Some((player, seated.remove(&player)?, facts)));
        let ranked: Vec<_> = ranked.collect();
        let players =
            ranked.into_iter().chain(seated.into_iter().map(|(player, profile)| (player, profile, Vec::new())));
        let players = players.map(|(player, Profile { name, opponent }, facts)| PlayerView {
            name,
            opponent,
            away: room.is_held(player),
            facts: Facts::of_player(facts),
        });
        let players: Vec<_> = players.collect();
        Self {
            tick: room.now().0,
            map: room.map_name().to_owned(),
            phase,
            in_match,
            facts: Facts::of_match(fields),
            away: players.iter().filter(|player| player.away).count() as u32,
            players,
            humans: room.players() as u32,
            spectators: room.spectators() as u32,
            ..Self::default()
        }
    }
}

impl Facts {
    /// What a game says of a match.
    pub fn of_match(facts: Fields) -> Self {
        Self::beside(&ROOM_KEYS, facts)
    }

    /// What a game says of a player.
    pub fn of_player(facts: Fields) -> Self {
        Self::beside(&PLAYER_KEYS, facts)
    }

    /// A name that is taken gets `game_` in front of it, so that no JSON object has a key twice.
    fn beside(keys: &[&str], mut facts: Fields) -> Self {
        for place in 0..facts.len() {
            let (before, rest) = facts.split_at_mut(place);
            let (name, _) = &mut rest[0];
            while keys.contains(&name.as_ref()) || before.iter().any(|(known, _)| known == name) {
                *name = format!("game_{name}").into();
            }
        }
        Self(facts)
    }

    /// What they are called, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        Self::names_of([self])
    }

    /// What those of several are called, each name once.
    pub(crate) fn names_of<'a>(all: impl IntoIterator<Item = &'a Self>) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in all.into_iter().flat_map(|facts| &facts.0) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_string());
            }
        }
        names
    }
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::game::Value;

    use super::*;

    fn named(names: &[&'static str]) -> Fields {
        names.iter().zip(1..).map(|(&name, value)| (name.into(), Value::Int(value))).collect()
    }

    #[test]
    fn fact_named_like_a_key_of_the_engine_stands_beside_it() {
        let facts = Facts::of_player(named(&["score", "name", "opponent"]));
        let view = PlayerView { name: "Ada".to_owned(), opponent: false, away: false, facts };
        let text = serde_json::to_string(&view).unwrap();
        assert_eq!(text.matches("\"name\"").count(), 1, "{text}");
        let expected =
            json!({ "name": "Ada", "opponent": false, "away": false, "score": 1, "game_name": 2, "game_opponent": 3 });
        assert_eq!(serde_json::to_value(&view).unwrap(), expected);
        assert_eq!(view.facts.names(), ["score", "game_name", "game_opponent"]);
    }

    #[test]
    fn each_fact_has_a_name_of_its_own() {
        let facts = Facts::of_match(named(&["tick", "game_tick", "wave", "wave", "wave"]));
        assert_eq!(facts.names(), ["game_tick", "game_game_tick", "wave", "game_wave", "game_game_wave"]);
    }

    #[test]
    fn keys_of_a_player_in_lists_are_known() {
        let view = PlayerView { name: String::new(), opponent: false, away: false, facts: Facts::default() };
        let keys = serde_json::to_value(&view).unwrap();
        for key in keys.as_object().unwrap().keys() {
            assert!(PLAYER_KEYS.contains(&key.as_str()), "{key}");
        }
    }
}

//! The public state of a room: published by its shard a few times a second, read by any thread.

use std::collections::BTreeMap;

use room::Match;
use serde::{Serialize, Serializer, ser::SerializeMap};
use shared::game::{Fields, Profile, Summary};

/// The state of a room a moment ago.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct RoomView {
    /// The newest tick.
    pub tick: u32,
    /// Name of the map.
    pub map: String,
    /// Phase of the match, as the game names it.
    pub phase: String,
    /// True if players would lose something if the room ended now.
    pub in_match: bool,
    /// Facts about the match, defined by the game.
    pub facts: Facts,
    /// Every player, opponents included, the best first.
    pub players: Vec<PlayerView>,
    /// Human players.
    pub humans: u32,
    /// Human players without a link, whose session is held.
    pub away: u32,
    /// Spectators.
    pub spectators: u32,
    /// Duration of this room's ticks, milliseconds, over the last seconds.
    pub tick_ms: Percentiles,
    /// Delay of the starts of its ticks, milliseconds, over the last seconds.
    pub late_ms: Percentiles,
    /// Payload sent to its players, bytes per second.
    pub down_bytes_per_s: f64,
    /// Payload received from its players, bytes per second.
    pub up_bytes_per_s: f64,
    /// Rung of the overload ladder; 0 is full quality.
    pub overload_rung: u8,
}

/// One player, as others may see it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PlayerView {
    /// Displayed name.
    pub name: String,
    /// True for a computer opponent.
    pub opponent: bool,
    /// True if the link is lost and the session is held.
    pub away: bool,
    /// Facts about the player, defined by the game.
    #[serde(flatten)]
    pub facts: Facts,
}

/// Facts that a game defines: entries of a JSON object. Each key occurs once, and none is one of the engine's keys.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts(Fields);

/// The engine's own keys in JSON objects about a room, both in the lists for players and in the state for administrators.
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
/// The engine's own keys in JSON objects about a player.
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
    /// 99th percentile.
    pub p99: f64,
    /// Largest.
    pub max: f64,
}

impl RoomView {
    /// The view of a room; ticks and traffic are still missing in it.
    pub(crate) fn of(room: &dyn Match) -> Self {
        let Summary { phase, in_match, fields, players: facts } = room.summary();
        let mut seated: BTreeMap<_, Profile> = room.roster().into_iter().collect();
        // Players without facts come last.
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
    /// The facts of a match.
    pub fn of_match(facts: Fields) -> Self {
        Self::beside(&ROOM_KEYS, facts)
    }

    /// The facts of a player.
    pub fn of_player(facts: Fields) -> Self {
        Self::beside(&PLAYER_KEYS, facts)
    }

    /// Puts `game_` before a name that is in `keys` or occurs twice, so that no JSON object has a key twice.
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

    /// The names of the facts, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        Self::names_of([self])
    }

    /// The names of the facts of several objects, each name once.
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

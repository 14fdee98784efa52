//! The summary of a match, for status pages, admins and logs.

use std::{borrow::Cow, cmp::Reverse};

use serde::{Deserialize, Serialize};

use crate::id::PlayerId;

/// The facts about a match that status pages, admins and logs show. The engine shows names and values as they are; only
/// [`Summary::in_match`] has an effect.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    /// The phase of the match, a word such as `running`; empty if the game has no phases.
    pub phase: String,
    /// True if players would lose something if the room ended now. A server that drains waits until it is false, or until its own
    /// time-out has passed.
    pub in_match: bool,
    /// Facts about the match.
    pub fields: Fields,
    /// Facts about players, the best first.
    pub players: Vec<(PlayerId, Fields)>,
}

/// Facts with their names, in the order in which they are shown.
///
/// The names are keys of JSON objects, such as `points` or `lives_left`. If the engine uses a key itself, such as `name` of a player or
/// `tick` of a match, the fact is shown as `game_name`.
///
/// If a fact of every player is a colour, the player's name has that colour: `red`, `blue`, `green`, `yellow`, `purple`, `orange`, `cyan`
/// or `pink`, or any other as `#rrggbb`; `none` for no colour. A list of the match then has a value for each side, in this order.
pub type Fields = Vec<(Word, Value)>;

/// A name or a word. It is mostly a constant of the program, which needs no allocation.
pub type Word = Cow<'static, str>;

/// A fact.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// A word.
    Text(Word),
    /// A list of values.
    List(Vec<Self>),
}

impl Summary {
    /// The points of each player, the highest first.
    pub fn of_points(points: impl Iterator<Item = (PlayerId, i64)>) -> Self {
        let mut points: Vec<_> = points.collect();
        points.sort_by_key(|&(player, points)| (Reverse(points), player));
        let players =
            points.into_iter().map(|(player, points)| (player, vec![("points".into(), points.into())])).collect();
        Self { players, ..Self::default() }
    }

    /// Facts about one player; empty for a free seat.
    pub fn of(&self, player: PlayerId) -> &[(Word, Value)] {
        self.players.iter().find(|(other, _)| *other == player).map_or(&[], |(_, fields)| fields)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&'static str> for Value {
    fn from(value: &'static str) -> Self {
        Self::Text(value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn player_with_the_most_points_is_the_first() {
        let summary =
            Summary::of_points([(PlayerId(2), 3), (PlayerId(1), 3), (PlayerId(0), -1), (PlayerId(5), 9)].into_iter());
        assert_eq!(summary.players.iter().map(|(player, _)| player.0).collect::<Vec<_>>(), [5, 1, 2, 0]);
        assert_eq!(summary.of(PlayerId(5)), [("points".into(), Value::Int(9))]);
    }
}

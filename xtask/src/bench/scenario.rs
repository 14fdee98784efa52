//! The scenarios of the bench, and their flags.

use serde::Serialize;

use super::floor::Kind;
use crate::played::{ARENA, Played};

/// Ticks per second of every scenario: the goals and the figures of other systems are at this rate.
pub(crate) const TICK_HZ: u32 = 20;

/// One load on one server.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Scenario {
    /// Unique, and the name of its files.
    pub(crate) name: String,
    pub(crate) game: String,
    pub(crate) transport: &'static str,
    /// The game's first, if none.
    pub(crate) behavior: Option<String>,
    pub(crate) bots: u32,
    pub(crate) room_size: u32,
    /// Computer opponents fill a room up to so many players.
    pub(crate) fill: u32,
    /// Any map that fits, if none.
    pub(crate) map: Option<&'static str>,
    /// The map's own radius, if none.
    pub(crate) interest_px: Option<u32>,
    /// The raw loop to compare with.
    pub(crate) floor: Option<Kind>,
}

impl Scenario {
    /// Many rooms of any game.
    pub(crate) fn of_game(played: &Played, transport: &'static str) -> Self {
        let Played { game, behavior, room_size } = played;
        let words = behavior.as_ref().map_or_else(|| game.clone(), |behavior| format!("{game}-{behavior}"));
        Self {
            name: format!("{words}-rooms-of-{room_size}-{transport}"),
            game: game.clone(),
            behavior: behavior.clone(),
            ..Self::rooms((*room_size).into(), transport, "")
        }
    }

    /// One room of any game, full of bots.
    pub(crate) fn room_of_game(played: &Played, players: u32) -> Self {
        let rooms = Self::of_game(played, "ws");
        Self { name: format!("{}-one-room-of-{players}", played.game), bots: players, room_size: players, ..rooms }
    }

    /// Many rooms of the arena with their own maps.
    pub(crate) fn rooms(room_size: u32, transport: &'static str, behavior: &str) -> Self {
        Self {
            name: format!("{behavior}-rooms-of-{room_size}-{transport}"),
            game: ARENA.to_owned(),
            transport,
            behavior: Some(behavior.to_owned()),
            bots: 320,
            room_size,
            fill: 0,
            map: None,
            interest_px: None,
            floor: None,
        }
    }

    /// Many players on the plain, of whom everyone sees a part.
    pub(crate) fn one_room(players: u32) -> Self {
        let rooms = Self::rooms(players, "ws", "wander");
        Self { name: format!("one-room-of-{players}"), bots: players, map: Some("plain"), ..rooms }
    }

    /// Many crafts on the plain in one view. A bot runs all of them forward, so that one core drives only some
    /// [`WATCHERS`] of a large crowd: the rest are computer opponents, who move and fire more than wanderers do.
    pub(crate) fn crowd(crafts: u32) -> Self {
        let room = Self::one_room(crafts);
        let bots = crafts.min(WATCHERS);
        Self { name: format!("crowd-of-{crafts}"), bots, fill: crafts, interest_px: Some(EVERYTHING_PX), ..room }
    }

    /// Next to a raw loop of the same traffic.
    pub(crate) fn beside(self, kind: Kind) -> Self {
        Self { floor: Some(kind), ..self }
    }

    /// Flags of the server, its addresses aside.
    pub(crate) fn server_flags(&self) -> Vec<String> {
        let mut flags = format!(
            "--game {} --tick-hz {TICK_HZ} --room-size {} --fill {} --shards 1 --seed 1",
            self.game, self.room_size, self.fill
        );
        if self.game == ARENA {
            flags += LONG_MATCHES;
        }
        if let Some(map) = self.map {
            flags += &format!(" --map {map}");
        }
        if let Some(px) = self.interest_px {
            flags += &format!(" --interest-px {px}");
        }
        flags.split_whitespace().map(String::from).collect()
    }
}

/// Bots in a crowd: at 1,000 entities in view each takes some 1 ms of a core per tick.
const WATCHERS: u32 = 20;
/// Nothing of what is measured shall be the pause between two matches.
const LONG_MATCHES: &str = " --score-limit 60000 --match-secs 3600";
/// A radius that covers the largest map.
const EVERYTHING_PX: u32 = 32_768;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_say_what_the_scenario_says() {
        let flags = Scenario::crowd(100).server_flags().join(" ");
        assert!(flags.contains("--game arena ") && flags.contains("--room-size 100 --fill 100 "), "{flags}");
        assert!(flags.ends_with("--match-secs 3600 --map plain --interest-px 32768"), "{flags}");
    }

    #[test]
    fn other_games_are_asked_for_nothing_that_only_the_arena_has() {
        let pond = Played { game: "pond".to_owned(), behavior: None, room_size: 50 };
        let scenario = Scenario::of_game(&pond, "quic");
        assert_eq!((scenario.name.as_str(), &scenario.behavior), ("pond-rooms-of-50-quic", &None));
        let flags = scenario.server_flags().join(" ");
        assert_eq!(flags, "--game pond --tick-hz 20 --room-size 50 --fill 0 --shards 1 --seed 1");
        let room = Scenario::room_of_game(&pond, 500);
        assert_eq!((room.name.as_str(), room.bots, room.room_size), ("pond-one-room-of-500", 500, 500));
    }
}

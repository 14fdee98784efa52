//! Choice of maps for rooms: small maps for few players, large ones for many, maps with team spawns for teams.

use crate::{event::Team, map::Map, rules::Mode};

/// Rooms with more seats than this need a large map.
const ARENA_SEATS_MAX: u16 = 64;
/// A map at least this wide or high, tiles, is large.
const PLAIN_TILES_MIN: u16 = 100;

impl Map {
    /// How well the map suits a room. Size counts more than mode; any map can be played in any mode by any number of
    /// players.
    pub(super) fn fitness(&self, mode: Mode, seats: u16) -> u32 {
        let size_fits = self.is_plain() == (seats > ARENA_SEATS_MAX);
        let sides_fit = self.has_sides() == (mode == Mode::TeamDeathmatch);
        2 * u32::from(size_fits) + u32::from(sides_fit)
    }

    /// True if each team has its own spawns.
    fn has_sides(&self) -> bool {
        [Team::Red, Team::Blue].iter().all(|&team| self.spawns.iter().any(|spawn| spawn.team == team))
    }

    fn is_plain(&self) -> bool {
        self.width().max(self.height()) >= PLAIN_TILES_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::{file, shipped};

    #[track_caller]
    fn check(mode: Mode, seats: u16, expected: &[&str]) {
        let maps: Vec<Map> = shipped().map(|(name, text)| file::parse(name, text).unwrap()).collect();
        let best = maps.iter().map(|map| map.fitness(mode, seats)).max().unwrap();
        let names = maps.iter().filter(|map| map.fitness(mode, seats) == best).map(|map| map.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn shipped_maps_suit_mode_and_room_size() {
        check(Mode::Deathmatch, 16, &["foundry", "pit"]);
        check(Mode::Deathmatch, ARENA_SEATS_MAX, &["foundry", "pit"]);
        check(Mode::Deathmatch, ARENA_SEATS_MAX + 1, &["plain"]);
        check(Mode::TeamDeathmatch, 16, &["divide"]);
        check(Mode::TeamDeathmatch, 1_000, &["plain"]);
    }
}

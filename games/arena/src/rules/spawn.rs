//! Choice of spawns: not one that was just used, otherwise the one farthest from enemies.

use glam::IVec2;

use crate::map::Map;
use crate::{
    event::Team,
    rules::{
        grid::{Grid, distance_squared},
        numbers::CRAFT_HALF,
    },
};
use shared::{quantize::POSITION_PER_PX, rng::Rng, tick::Tick};

/// The spawns of a map by team, and the last use of each.
#[derive(Clone, Debug, Default)]
pub struct Spawns {
    /// Indices into the map's spawns: for all players, for red, for blue.
    by_team: [Vec<u16>; 3],
    uses: Vec<Use>,
    count: u32,
}

/// Last use of a spawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Use {
    /// The tick.
    pub tick: Tick,
    /// Number of the use, which orders uses of the same tick.
    pub number: u32,
}

impl Spawns {
    /// The spawns of `map`. A team without its own uses those of all players; without teams all spawns are used.
    pub fn new(map: &Map) -> Self {
        let of = |wanted: &dyn Fn(Team) -> bool| -> Vec<u16> {
            let chosen = map.spawns.iter().enumerate().filter(|(_, spawn)| wanted(spawn.team));
            chosen.map(|(index, _)| index as u16).collect()
        };
        let side = |team: Team| {
            let own = of(&|of| of == team);
            if own.is_empty() { of(&|of| of == Team::None) } else { own }
        };
        let by_team = [of(&|_| true), side(Team::Red), side(Team::Blue)];
        Self { by_team, uses: vec![Use::default(); map.spawns.len()], count: 0 }
    }

    /// Chooses a position for a craft of `team`; `is_enemy` is true for the seats in `grid` to keep away from.
    ///
    /// Checks at most [`SAMPLES`] spawns, and around each no farther than [`REACH_MAX`], so that the cost of a respawn
    /// does not grow with the number of crafts.
    pub fn choose(
        &mut self,
        map: &Map,
        team: Team,
        now: Tick,
        grid: &Grid,
        is_enemy: impl Fn(u16) -> bool,
        rng: &mut Rng,
    ) -> IVec2 {
        let mine = &self.by_team[team as usize];
        let mine = if mine.is_empty() { &self.by_team[0] } else { mine };
        let Some(count) = u32::try_from(mine.len()).ok().filter(|&count| count > 0) else {
            return map.tile_center(map.width() / 2, map.height() / 2);
        };
        let first = rng.below(count);
        // Neighbours in the list are neighbours on the map, so a long list is sampled with a stride.
        let samples = count.min(SAMPLES);
        let stride = count / samples;
        let center = |index: u16| {
            let spawn = map.spawns[usize::from(index)];
            map.tile_center(spawn.column, spawn.row)
        };
        let best = (0..samples)
            .map(|sample| mine[((first + sample * stride) % count) as usize])
            .max_by_key(|&index| {
                let Use { tick, number } = self.uses[usize::from(index)];
                // A spawn that was never used counts as rested.
                let rested = if number == 0 { REST_TICKS } else { now.since(tick).min(REST_TICKS) };
                // If all were used just now, the one used longest ago is taken.
                let turn = if rested < REST_TICKS { u32::MAX - number } else { 0 };
                (rested, turn, nearest(grid, center(index), &is_enemy))
            })
            .expect("there is at least one sample");
        self.count = self.count.saturating_add(1);
        self.uses[usize::from(best)] = Use { tick: now, number: self.count };
        // A random place on the tile, so that two crafts at the same spawn do not cover each other.
        let slack = map.tile_units() / 2 - CRAFT_HALF;
        center(best) + IVec2::new(rng.between(-slack, slack), rng.between(-slack, slack))
    }

    /// Forgets all uses.
    pub fn forget_uses(&mut self) {
        self.uses.fill(Use::default());
    }

    /// Last use of each spawn; part of the state.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// Total number of uses; part of the state.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Restores the total number of uses.
    pub fn set_count(&mut self, count: u32) {
        self.count = count;
    }

    /// Restores the last use of a spawn. False if there is no such spawn.
    pub fn set_use(&mut self, spawn: usize, last: Use) -> bool {
        self.uses.get_mut(spawn).map(|old| *old = last).is_some()
    }
}

/// Distance squared to the nearest enemy, at most that of [`REACH_MAX`].
fn nearest(grid: &Grid, center: IVec2, is_enemy: &impl Fn(u16) -> bool) -> i64 {
    if grid.is_empty() {
        return i64::from(REACH_MAX).pow(2);
    }
    // The box grows, so that a near enemy ends the search early.
    let mut reach = REACH_MIN;
    loop {
        let found = grid
            .within(center, reach)
            .filter(|point| is_enemy(point.index))
            .map(|point| distance_squared(point.position, center))
            .min();
        match found {
            Some(distance) => return distance,
            None if reach >= REACH_MAX => return i64::from(REACH_MAX).pow(2),
            None => reach = (reach * 2).min(REACH_MAX),
        }
    }
}

/// Number of spawns checked for one respawn.
const SAMPLES: u32 = 12;
/// First radius searched for enemies, position units.
const REACH_MIN: i32 = 200 * POSITION_PER_PX;
/// Enemies farther than this do not matter, position units.
const REACH_MAX: i32 = 1_200 * POSITION_PER_PX;
/// Ticks after which a spawn counts as unused: the last craft has flown away by then.
const REST_TICKS: u32 = 30;

//! Goal of a computer opponent that does not circle an enemy: a useful pickup, the place where an enemy was last seen,
//! or any place.

use glam::IVec2;
use shared::{PlayerId, Tick, game::Sight, quantize::POSITION_PER_PX, rng::Rng};

use super::perception::Target;
use crate::{
    bot::sight::{are_enemies, craft_of, pickup_lies},
    entity::CraftState,
    map::{Map, PickupKind},
    rules::{World, grid::distance_squared, numbers::HEALTH_MAX},
};

/// Goal of one opponent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Goal {
    kind: Kind,
    position: IVec2,
    since: Tick,
    until: Tick,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Kind {
    /// No goal.
    #[default]
    Idle,
    /// A pickup place.
    Fetch(u8),
    /// The place where an enemy was last seen.
    Hunt,
    /// Any place.
    Roam,
}

impl Goal {
    /// Position of the goal, `None` without a goal.
    pub(super) fn position(&self) -> Option<IVec2> {
        (self.kind != Kind::Idle).then_some(self.position)
    }

    /// True if the opponent may circle an enemy in sight instead of following the goal.
    pub(super) fn is_idle(&self) -> bool {
        !matches!(self.kind, Kind::Fetch(_))
    }

    /// True if the goal was chosen in this tick.
    pub(super) fn is_new(&self, now: Tick) -> bool {
        self.since == now
    }

    /// Drops the goal.
    pub(super) fn drop_it(&mut self) {
        *self = Self::default();
    }

    /// Keeps the goal if it is still worth following, otherwise chooses another one.
    pub(super) fn update(
        &mut self,
        sight: &impl Sight<World>,
        craft: &CraftState,
        target: Option<&Target>,
        rng: &mut Rng,
    ) {
        let now = sight.tick();
        let in_sight = target.is_some_and(|target| target.seen == now);
        if self.goes_on(sight, craft, now) && !(self.kind == Kind::Roam && target.is_some()) {
            return;
        }
        let rate = sight.tick_rate();
        let (kind, position, limit_ms) = if let Some((place, position)) = useful_pickup(sight, craft, in_sight) {
            (Kind::Fetch(place), position, 4_000)
        } else if in_sight {
            // Checked again soon, so that a hurt opponent looks for health during a fight.
            (Kind::Idle, craft.position, 500)
        } else if let Some(target) = target {
            (Kind::Hunt, target.position, 1_500)
        } else {
            (Kind::Roam, somewhere(sight, craft, rng), 6_000)
        };
        if (kind, position) != (self.kind, self.position) {
            self.since = now;
        }
        (self.kind, self.position, self.until) = (kind, position, now.plus(rate.ticks_in_ms(limit_ms)));
    }

    fn goes_on(&self, sight: &impl Sight<World>, craft: &CraftState, now: Tick) -> bool {
        let arrived = distance_squared(craft.position, self.position) < i64::from(ARRIVED) * i64::from(ARRIVED);
        now < self.until
            && match self.kind {
                Kind::Idle => true,
                // Keeps the goal until the pickup has been taken by anybody.
                Kind::Fetch(place) => pickup_lies(sight, place.into()),
                Kind::Hunt | Kind::Roam => !arrived,
            }
    }
}

/// The pickup with the largest worth minus distance, if any is positive. In a fight the worth of a pickup is halved.
fn useful_pickup(sight: &impl Sight<World>, craft: &CraftState, in_fight: bool) -> Option<(u8, IVec2)> {
    let own = sight.own();
    let rules = &sight.map().rules;
    let map = &sight.map().map;
    let missing = i32::from(HEALTH_MAX.saturating_sub(craft.health));
    let worth = |kind: PickupKind| match kind {
        // Distance in px that an opponent would fly for it.
        PickupKind::Health => missing * 12,
        PickupKind::Shield if own.shield < rules.shield_points / 2 => 550,
        PickupKind::Rapid if own.rapid_ticks < rules.rapid_ticks / 4 => 450,
        PickupKind::Rail if own.rail_shots == 0 => 650,
        _ => 0,
    };
    let kinds = [PickupKind::Health, PickupKind::Rapid, PickupKind::Shield, PickupKind::Rail];
    let worth = kinds.map(|kind| if in_fight { worth(kind) / 2 } else { worth(kind) } * POSITION_PER_PX);
    let places = map.pickups().iter().enumerate().filter_map(|(place, pickup)| {
        let worth = worth[pickup.kind as usize];
        if worth == 0 || !pickup_lies(sight, place) {
            return None;
        }
        let position = map.tile_center(pickup.column, pickup.row);
        // Manhattan distance: because of walls most ways are longer than the straight line.
        let way = (position - craft.position).abs().element_sum();
        (way < worth).then_some((worth - way, place as u8, position))
    });
    places.max_by_key(|&(gain, place, _)| (gain, place)).map(|(_, place, position)| (place, position))
}

/// A place where there may be enemies: near some enemy, or at a spawn.
fn somewhere(sight: &impl Sight<World>, craft: &CraftState, rng: &mut Rng) -> IVec2 {
    let map = &sight.map().map;
    let near = |position: IVec2| distance_squared(craft.position, position);
    let enemies = (0..SAMPLES).filter_map(|_| {
        let player = PlayerId(rng.below(sight.seats().into()) as u16);
        let other = craft_of(sight, player).filter(CraftState::is_alive)?;
        are_enemies(sight, sight.player(), player).then_some(other.position)
    });
    let enemy = enemies.min_by_key(|&position| near(position));
    if let Some(enemy) = enemy.filter(|_| rng.chance(2, 3)) {
        return enemy;
    }
    let places = (0..SAMPLES).filter_map(|_| stroll(map, rng));
    // A place that is not too near.
    let far_enough = places.filter(|&position| near(position) > i64::from(STROLL) * i64::from(STROLL));
    far_enough.min_by_key(|&position| near(position)).unwrap_or(map.size() / 2)
}

/// A random spawn; a random floor tile if the spawns are not known, as on a client.
fn stroll(map: &Map, rng: &mut Rng) -> Option<IVec2> {
    let (column, row) = if map.spawns.is_empty() {
        (rng.below(map.width().into()) as u16, rng.below(map.height().into()) as u16)
    } else {
        let spawn = map.spawns[rng.below(map.spawns.len() as u32) as usize];
        (spawn.column, spawn.row)
    };
    (!map.is_wall(column.into(), row.into())).then(|| map.tile_center(column, row))
}

/// A goal this near is reached, position units.
const ARRIVED: i32 = 60 * POSITION_PER_PX;
/// Enemies and spawns considered for a stroll.
const SAMPLES: usize = 4;
/// A stroll is at least this long, position units.
const STROLL: i32 = 300 * POSITION_PER_PX;

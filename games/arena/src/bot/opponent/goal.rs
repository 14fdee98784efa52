//! Where a computer opponent is going when it does not circle an enemy: to a pickup it can use, to where it last saw
//! somebody, or just about.

use arena::{
    entity::CraftState,
    map::PickupKind,
    rules::{grid::distance_squared, numbers::HEALTH_MAX, world::World},
};
use glam::IVec2;
use shared::{PlayerId, Tick, quantize::POSITION_PER_PX, rng::Rng};

use super::eyes::Target;

/// What it is up to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Errand {
    kind: Kind,
    goal: IVec2,
    since: Tick,
    until: Tick,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Kind {
    /// Nothing in particular.
    #[default]
    Idle,
    /// To a pickup place.
    Fetch(u8),
    /// To where an enemy was last seen.
    Hunt,
    /// About.
    Roam,
}

impl Errand {
    /// Where it leads.
    pub(super) fn goal(&self) -> Option<IVec2> {
        (self.kind != Kind::Idle).then_some(self.goal)
    }

    /// Whether an enemy in sight may have all the attention.
    pub(super) fn is_idle(&self) -> bool {
        !matches!(self.kind, Kind::Fetch(_))
    }

    /// Whether it began in this tick.
    pub(super) fn is_new(&self, now: Tick) -> bool {
        self.since == now
    }

    /// Gives up.
    pub(super) fn drop_it(&mut self) {
        *self = Self::default();
    }

    /// Goes on, or finds something better to do.
    pub(super) fn update(
        &mut self,
        world: &World,
        me: PlayerId,
        craft: &CraftState,
        target: Option<&Target>,
        rng: &mut Rng,
    ) {
        let now = world.tick();
        let in_sight = target.is_some_and(|target| target.seen == now);
        if self.goes_on(world, craft, now) && !(self.kind == Kind::Roam && target.is_some()) {
            return;
        }
        let rate = world.terrain().rules.tick_rate;
        let (kind, goal, limit_ms) = if let Some((place, goal)) = useful_pickup(world, me, craft, in_sight) {
            (Kind::Fetch(place), goal, 4_000)
        } else if in_sight {
            // Looked at again soon: a fight must not make it forget that it is hurt.
            (Kind::Idle, craft.position, 500)
        } else if let Some(target) = target {
            (Kind::Hunt, target.position, 1_500)
        } else {
            (Kind::Roam, somewhere(world, me, craft, rng), 6_000)
        };
        if (kind, goal) != (self.kind, self.goal) {
            self.since = now;
        }
        (self.kind, self.goal, self.until) = (kind, goal, now.plus(rate.ticks_in_ms(limit_ms)));
    }

    fn goes_on(&self, world: &World, craft: &CraftState, now: Tick) -> bool {
        let arrived = distance_squared(craft.position, self.goal) < i64::from(ARRIVED) * i64::from(ARRIVED);
        now < self.until
            && match self.kind {
                Kind::Idle => true,
                // Until it is gone, whoever took it.
                Kind::Fetch(place) => world.pickup_available(place.into()),
                Kind::Hunt | Kind::Roam => !arrived,
            }
    }
}

/// The pickup that is worth the way most, if any is. In a fight only what is close or dearly needed counts.
fn useful_pickup(world: &World, me: PlayerId, craft: &CraftState, in_fight: bool) -> Option<(u8, IVec2)> {
    let own = world.own(me);
    let rules = &world.terrain().rules;
    let map = &world.terrain().map;
    let missing = i32::from(HEALTH_MAX.saturating_sub(craft.health));
    let worth = |kind: PickupKind| match kind {
        // Px that one would fly for it.
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
        if worth == 0 || !world.pickup_available(place) {
            return None;
        }
        let position = map.tile_center(pickup.column, pickup.row);
        // As the craft flies: walls make most ways longer than the crow's.
        let way = (position - craft.position).abs().element_sum();
        (way < worth).then_some((worth - way, place as u8, position))
    });
    places.max_by_key(|&(gain, place, _)| (gain, place)).map(|(_, place, position)| (place, position))
}

/// Where something may be going on: near some enemy, or at a spawn.
fn somewhere(world: &World, me: PlayerId, craft: &CraftState, rng: &mut Rng) -> IVec2 {
    let map = &world.terrain().map;
    let near = |position: IVec2| distance_squared(craft.position, position);
    let enemies = (0..SAMPLES).filter_map(|_| {
        let player = PlayerId(rng.below(world.config().seats.into()) as u16);
        let other = world.craft(player).filter(|other| other.is_alive())?;
        world.are_enemies(me, player).then_some(other.position)
    });
    let enemy = enemies.min_by_key(|&position| near(position));
    if let Some(enemy) = enemy.filter(|_| rng.chance(2, 3)) {
        return enemy;
    }
    let spawns = (0..SAMPLES).filter_map(|_| {
        let spawn = map.spawns.get(rng.below(map.spawns.len() as u32) as usize)?;
        Some(map.tile_center(spawn.column, spawn.row))
    });
    // Not the one it stands on.
    let far_enough = spawns.filter(|&position| near(position) > i64::from(STROLL) * i64::from(STROLL));
    far_enough.min_by_key(|&position| near(position)).unwrap_or(map.size() / 2)
}

/// A goal this near is reached, position units.
const ARRIVED: i32 = 60 * POSITION_PER_PX;
/// Enemies and spawns considered for a stroll.
const SAMPLES: usize = 4;
/// A stroll is at least this long, position units.
const STROLL: i32 = 300 * POSITION_PER_PX;

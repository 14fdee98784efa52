//! Guns: where a shell starts, and what the rail's beam hits.
//!
//! A shell passes through the craft that fired it until its first bounce; from then on it also hurts its owner, and
//! such a death costs a point. Shells and beams pass through team mates, wrecks and protected crafts.

use glam::IVec2;

use crate::entity::{CraftState, EntityState, ShellState};
use crate::rules::{
    Terrain, collide,
    grid::distance_squared,
    numbers::{CRAFT_HIT_RADIUS, Rules},
};
use shared::{
    game::Past,
    id::PlayerId,
    limits::REWIND_MAX_MS,
    quantize::{POSITION_PER_PX, div_round},
    tick::Tick,
    trig,
};

/// Start of a craft's shots: in front of its nose, or at the wall that its nose touches.
pub fn muzzle(terrain: &Terrain, craft: &CraftState, aim: u16) -> IVec2 {
    collide::cast(&terrain.map, craft.position, craft.position + trig::vector(aim, MUZZLE_DISTANCE))
}

/// A new shell; it flies from the next tick on.
pub fn shell(terrain: &Terrain, craft: &CraftState, owner: PlayerId, aim: u16) -> ShellState {
    let rules = &terrain.rules;
    ShellState {
        position: muzzle(terrain, craft, aim),
        velocity: trig::vector(aim, rules.motion.shell_speed),
        owner,
        bounces_left: rules.shell_bounces,
        ticks_left: rules.shell_life_ticks,
    }
}

/// A straight line that hits at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Beam {
    /// Start of the beam, position units.
    pub from: IVec2,
    /// End of the beam at a wall or at its reach, position units.
    pub to: IVec2,
}

impl Beam {
    /// The rail's beam of a craft.
    pub fn new(terrain: &Terrain, craft: &CraftState, aim: u16) -> Self {
        let to = craft.position + trig::vector(aim, terrain.rules.rail_reach);
        Self { from: muzzle(terrain, craft, aim), to: collide::cast(&terrain.map, craft.position, to) }
    }

    /// Where the beam hits a craft at `center`, in 1/[`Beam::WHOLE`] of its length, `None` if it does not.
    pub fn hits(&self, center: IVec2) -> Option<i64> {
        let (along, offset) = (self.to - self.from, center - self.from);
        let length_squared = dot(along, along);
        // The point of the beam nearest to the center, as a part of the beam.
        let part = match length_squared {
            0 => 0,
            _ => dot(along, offset).clamp(0, length_squared) * Self::WHOLE / length_squared,
        };
        let radius = i64::from(CRAFT_HIT_RADIUS);
        (distance_squared(self.at(part), center) <= radius * radius).then_some(part)
    }

    /// The point at `part` of the beam.
    pub fn at(&self, part: i64) -> IVec2 {
        let along = self.to - self.from;
        let x = i64::from(along.x) * part / Self::WHOLE;
        let y = i64::from(along.y) * part / Self::WHOLE;
        self.from + IVec2::new(x as i32, y as i32)
    }

    /// Parts of a beam: finer than a position unit over the longest reach.
    pub const WHOLE: i64 = 1 << 16;
}

/// Number of ticks that a shot may look back, including the one before it.
pub fn rewind_ticks(rules: &Rules) -> u32 {
    rewind_quarters(rules, u8::MAX).div_ceil(4).max(1)
}

/// Quarters of a tick that a shot is rewound for a player whose view is `view_age` quarters old.
pub fn rewind_quarters(rules: &Rules, view_age: u8) -> u32 {
    u32::from(view_age).min(REWIND_MAX_MS * u32::from(rules.tick_rate.hz()) * 4 / 1_000)
}

/// Position of a player's craft at the end of an earlier tick, position units, if the history has it and it was alive.
pub fn living(past: &dyn Past<EntityState>, player: PlayerId, tick: Tick) -> Option<IVec2> {
    match past.entity(crate::craft_of(player), tick)? {
        EntityState::Craft(craft) if craft.is_alive() => Some(craft.position),
        _ => None,
    }
}

/// Position at which a craft was shown `quarters` of a tick before the end of `now`; `present` is its state then.
/// `None` if it did not exist or could not be hit: a wreck, or between death and respawn.
pub fn rewound(
    past: &dyn Past<EntityState>,
    player: PlayerId,
    now: Tick,
    quarters: u32,
    present: &CraftState,
) -> Option<IVec2> {
    let at = |tick: Tick| -> Option<IVec2> {
        if tick == now { present.is_alive().then_some(present.position) } else { living(past, player, tick) }
    };
    let (whole, part) = (quarters.div_ceil(4), (4 - quarters % 4) % 4);
    let earlier = at(now.minus(whole))?;
    if part == 0 {
        return Some(earlier);
    }
    let later = at(now.minus(whole - 1))?;
    let step = (later - earlier) * part as i32;
    Some(earlier + IVec2::new(div_round(step.x, 4), div_round(step.y, 4)))
}

fn dot(a: IVec2, b: IVec2) -> i64 {
    i64::from(a.x) * i64::from(b.x) + i64::from(a.y) * i64::from(b.y)
}

/// Distance from the centre of a craft to the start of its shots, position units: just outside its hull.
const MUZZLE_DISTANCE: i32 = 20 * POSITION_PER_PX;

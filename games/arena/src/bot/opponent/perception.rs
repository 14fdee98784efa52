//! What a computer opponent sees: enemies in the open, shells that come its way.

use arena::{
    entity::{CraftFlags, CraftState},
    rules::{collide, grid::distance_squared, world::World},
};
use glam::IVec2;
use shared::{
    PlayerId, Tick,
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    rng::Rng,
};

/// An enemy as it was when last looked at. What it did since is not known, which is what makes an opponent human.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) player: PlayerId,
    pub(super) position: IVec2,
    pub(super) velocity: IVec2,
    /// When it was last seen.
    pub(super) seen: Tick,
    /// Since when it was in sight without a pause.
    pub(super) since: Tick,
}

impl Target {
    /// Where it is by now if it flew on.
    pub(super) fn expected(&self, now: Tick) -> IVec2 {
        // Beyond half a second it is a guess that a human would not make either.
        let ticks = now.since(self.seen).min(15) as i32;
        self.position + self.velocity * ticks / VELOCITY_PER_POSITION
    }
}

/// Looks around. The last target is kept in mind while nobody is in sight.
pub(super) fn look(world: &World, me: PlayerId, craft: &CraftState, last: Option<Target>) -> Option<Target> {
    let now = world.tick();
    // Near first: in a crowd there is no need to look at all of it.
    let in_sight = [SIGHT / 3, SIGHT].into_iter().find_map(|reach| look_within(world, me, craft, last, reach));
    match in_sight {
        Some((player, other)) => {
            let known = last.filter(|last| last.player == player && now.since(last.seen) < LOST_TICKS);
            let since = known.map_or(now, |known| known.since);
            Some(Target { player, position: other.position, velocity: other.velocity, seen: now, since })
        }
        None => last.filter(|last| {
            let alive = world.craft(last.player).is_some_and(CraftState::is_alive);
            let memory = world.terrain().rules.tick_rate.ticks_in_ms(MEMORY_MS);
            alive && now.since(last.seen) < memory
        }),
    }
}

/// The nearest enemy in sight within `reach` position units; whom it fights already counts as nearer, whom nothing
/// hurts at present as farther.
fn look_within<'a>(
    world: &'a World,
    me: PlayerId,
    craft: &CraftState,
    last: Option<Target>,
    reach: i32,
) -> Option<(PlayerId, &'a CraftState)> {
    let mut nearest: [Option<(i64, PlayerId)>; LOOKS] = [None; LOOKS];
    for (player, other) in world.crafts_near(craft.position, reach) {
        if !world.are_enemies(me, player) {
            continue;
        }
        let mut distance = distance_squared(craft.position, other.position);
        if other.flags.contains(CraftFlags::PROTECTED) {
            distance *= 4;
        }
        if last.is_some_and(|last| last.player == player) {
            distance /= 2;
        }
        insert(&mut nearest, (distance, player));
    }
    nearest.into_iter().flatten().find_map(|(_, player)| {
        let other = world.craft(player)?;
        collide::line_of_sight(&world.terrain().map, craft.position, other.position).then_some((player, other))
    })
}

/// A shell that will pass too close.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Threat {
    /// Ticks until it is nearest.
    pub(super) ticks: i64,
    /// The way it flies.
    pub(super) velocity: IVec2,
    /// From where it will pass to here.
    pub(super) clearance: IVec2,
}

/// The next shell that would hit or nearly so, if this opponent notices it.
pub(super) fn incoming(
    world: &World,
    me: PlayerId,
    craft: &CraftState,
    alertness: u32,
    rng: &mut Rng,
) -> Option<Threat> {
    let rules = &world.terrain().rules;
    let horizon = i64::from(rules.tick_rate.ticks_in_ms(THREAT_MS));
    let threat = world
        .shells_near(craft.position, THREAT_REACH)
        .filter(|shell| {
            let bounced = shell.bounces_left < rules.shell_bounces;
            if shell.owner == me { bounced } else { world.are_enemies(shell.owner, me) }
        })
        .filter_map(|shell| {
            let offset = craft.position - shell.position;
            // Its flight against that of the craft, position units per tick.
            let step = (shell.velocity - craft.velocity) / VELOCITY_PER_POSITION;
            let ticks = dot(offset, step) / dot(step, step).max(1);
            let clearance = offset - step * (ticks.clamp(0, horizon) as i32);
            let near = dot(clearance, clearance) < i64::from(TOO_CLOSE) * i64::from(TOO_CLOSE);
            (ticks >= 0 && ticks <= horizon && near).then_some(Threat { ticks, velocity: shell.velocity, clearance })
        })
        .min_by_key(|threat| (threat.ticks, threat.velocity.x, threat.velocity.y))?;
    rng.chance(alertness, 100).then_some(threat)
}

fn dot(a: IVec2, b: IVec2) -> i64 {
    i64::from(a.x) * i64::from(b.x) + i64::from(a.y) * i64::from(b.y)
}

/// Keeps the nearest, in order.
fn insert(nearest: &mut [Option<(i64, PlayerId)>; LOOKS], candidate: (i64, PlayerId)) {
    let mut candidate = Some(candidate);
    for slot in nearest {
        if slot.is_none() || candidate.is_some_and(|candidate| slot.is_some_and(|slot| candidate < slot)) {
            std::mem::swap(slot, &mut candidate);
        }
        if candidate.is_none() {
            return;
        }
    }
}

/// How far an opponent sees, position units: what fits on a screen.
const SIGHT: i32 = 760 * POSITION_PER_PX;
/// Enemies whose line of sight is checked in one look.
const LOOKS: usize = 4;
/// Ticks without sight after which a target counts as newly seen, and the reaction time begins anew.
const LOST_TICKS: u32 = 20;
/// How long a target out of sight is hunted, ms.
const MEMORY_MS: u32 = 3_500;
/// Shells farther than this are no threat yet, position units.
const THREAT_REACH: i32 = 280 * POSITION_PER_PX;
/// Shells that arrive later are no threat yet, ms.
const THREAT_MS: u32 = 450;
/// Passing nearer than this is too close, position units: the radius of a hit and some fear.
const TOO_CLOSE: i32 = 30 * POSITION_PER_PX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_are_kept_in_order() {
        let mut nearest = [None; LOOKS];
        for distance in [50, 20, 90, 10, 70, 30, 60] {
            insert(&mut nearest, (distance, PlayerId(0)));
        }
        assert_eq!(nearest.map(|slot| slot.unwrap().0), [10, 20, 30, 50]);
    }
}

//! Perception of a computer opponent: visible enemies, and shells that approach.

use std::cmp::Reverse;

use glam::IVec2;
use shared::{
    PlayerId, Tick,
    game::Sight,
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    rng::Rng,
};

use crate::{
    bot::sight::{are_enemies, craft_of},
    entity::{CraftFlags, CraftState, EntityState},
    rules::{World, collide, grid::distance_squared},
};

/// An enemy as it was when the opponent last looked. The opponent does not know what it has done since, so it errs like
/// a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Target {
    pub(super) player: PlayerId,
    pub(super) position: IVec2,
    pub(super) velocity: IVec2,
    /// Tick in which it was last seen.
    pub(super) seen: Tick,
    /// Tick since which it has been in sight without a break.
    pub(super) since: Tick,
}

impl Target {
    /// Expected position now if it kept its velocity.
    pub(super) fn expected(&self, now: Tick) -> IVec2 {
        // The prediction is limited to 15 ticks, half a second at 30 Hz.
        let ticks = now.since(self.seen).min(15) as i32;
        self.position + self.velocity * ticks / VELOCITY_PER_POSITION
    }
}

/// Looks around. The last target is remembered for a while when no enemy is in sight.
pub(super) fn look(sight: &impl Sight<World>, craft: &CraftState, last: Option<Target>) -> Option<Target> {
    let now = sight.tick();
    // The near area first: in a crowd the rest need not be searched.
    let in_sight = [SIGHT / 3, SIGHT].into_iter().find_map(|reach| look_within(sight, craft, last, reach));
    match in_sight {
        Some((player, other)) => {
            let known = last.filter(|last| last.player == player && now.since(last.seen) < LOST_TICKS);
            let since = known.map_or(now, |known| known.since);
            Some(Target { player, position: other.position, velocity: other.velocity, seen: now, since })
        }
        None => last.filter(|last| {
            let alive = craft_of(sight, last.player).is_some_and(|craft| craft.is_alive());
            let memory = sight.tick_rate().ticks_in_ms(MEMORY_MS);
            alive && now.since(last.seen) < memory
        }),
    }
}

/// The nearest visible enemy within `reach` position units. The present target counts as nearer, and a protected craft
/// as farther.
fn look_within(
    sight: &impl Sight<World>,
    craft: &CraftState,
    last: Option<Target>,
    reach: i32,
) -> Option<(PlayerId, CraftState)> {
    let mut nearest: [Option<(i64, PlayerId)>; LOOKS] = [None; LOOKS];
    for (id, state) in sight.near(craft.position, reach) {
        let EntityState::Craft(other) = state else { continue };
        let player = PlayerId(id.0);
        let mut distance = distance_squared(craft.position, other.position);
        let is_near = distance <= i64::from(reach) * i64::from(reach);
        if !is_near || !other.is_alive() || !are_enemies(sight, sight.player(), player) {
            continue;
        }
        if other.flags.contains(CraftFlags::PROTECTED) {
            distance *= 4;
        }
        if last.is_some_and(|last| last.player == player) {
            distance /= 2;
        }
        insert(&mut nearest, (distance, player));
    }
    nearest.into_iter().flatten().find_map(|(_, player)| {
        let other = craft_of(sight, player)?;
        collide::line_of_sight(&sight.map().map, craft.position, other.position).then_some((player, other))
    })
}

/// A shell that will pass too close.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Threat {
    /// Ticks until the shell is nearest.
    pub(super) ticks: i64,
    /// Velocity of the shell.
    pub(super) velocity: IVec2,
    /// Vector from the nearest point of its path to the craft.
    pub(super) clearance: IVec2,
}

/// The next shell that would hit or nearly hit, if this opponent notices it.
pub(super) fn incoming(sight: &impl Sight<World>, craft: &CraftState, alertness: u32, rng: &mut Rng) -> Option<Threat> {
    let rules = &sight.map().rules;
    let horizon = i64::from(rules.tick_rate.ticks_in_ms(THREAT_MS));
    let me = sight.player();
    let threats = sight.near(craft.position, THREAT_REACH).filter_map(|(id, state)| {
        let EntityState::Shell(shell) = state else { return None };
        let offset = craft.position - shell.position;
        if dot(offset, offset) > i64::from(THREAT_REACH) * i64::from(THREAT_REACH) {
            return None;
        }
        let bounced = shell.bounces_left < rules.shell_bounces;
        let hurts = if shell.owner == me { bounced } else { are_enemies(sight, shell.owner, me) };
        if !hurts {
            return None;
        }
        // Velocity of the shell relative to the craft, position units per tick.
        let step = (shell.velocity - craft.velocity) / VELOCITY_PER_POSITION;
        let ticks = dot(offset, step) / dot(step, step).max(1);
        let clearance = offset - step * (ticks.clamp(0, horizon) as i32);
        let near = dot(clearance, clearance) < i64::from(TOO_CLOSE) * i64::from(TOO_CLOSE);
        let threat = Threat { ticks, velocity: shell.velocity, clearance };
        // Shells come in no fixed order, so the order of equal ones is decided by their place, then by their id.
        let cell = shell.position >> CELL_SHIFT;
        let order = (ticks, shell.velocity.x, shell.velocity.y, cell.y, cell.x, Reverse(id));
        (ticks >= 0 && ticks <= horizon && near).then_some((order, threat))
    });
    let (_, threat) = threats.min_by_key(|&(order, _)| order)?;
    rng.chance(alertness, 100).then_some(threat)
}

fn dot(a: IVec2, b: IVec2) -> i64 {
    i64::from(a.x) * i64::from(b.x) + i64::from(a.y) * i64::from(b.y)
}

/// Inserts a candidate into the list of the nearest, which is sorted.
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

/// Distance that an opponent sees, position units: what fits on a screen.
const SIGHT: i32 = 760 * POSITION_PER_PX;
/// Number of enemies whose line of sight is checked in one look.
const LOOKS: usize = 4;
/// Ticks without sight after which a target counts as newly seen, and the reaction time restarts.
const LOST_TICKS: u32 = 20;
/// Time for which a target out of sight is followed, ms.
const MEMORY_MS: u32 = 3_500;
/// Shells farther than this are no threat yet, position units.
const THREAT_REACH: i32 = 280 * POSITION_PER_PX;
/// Shells that arrive later are no threat yet, ms.
const THREAT_MS: u32 = 450;
/// Places are compared in squares of 128 px, as a power of 2 in position units.
const CELL_SHIFT: i32 = 11;
/// Distance at which a shell passes too close, position units: the radius of a hit and a margin.
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

//! Aim and trigger of a computer opponent: it aims ahead of the target with errors, fires in bursts, and sometimes
//! shoots off a wall.

use glam::IVec2;
use shared::{
    Tick,
    game::Sight,
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    rng::Rng,
    trig,
};

use super::{perception::Target, skill::Skill};
use crate::{
    entity::{CraftFlags, CraftState, ShellState},
    input::AIM_TURN,
    rules::{
        World, collide,
        grid::distance_squared,
        shell::{self, Fate},
        weapon,
    },
};

/// The gun of one opponent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Gun {
    /// Direction of the gun, 1/1024 turn.
    pub(super) aim: u16,
    /// Direction in which it should point.
    wanted: u16,
    /// Current error of the aim, 1/1024 turn.
    error: i32,
    error_until: Tick,
    /// True during a burst; a burst or a pause ends at `finger_until`.
    firing: bool,
    finger_until: Tick,
    /// Angle of a shot off a wall, and the tick until which to try it.
    bank: Option<(u16, Tick)>,
}

impl Gun {
    /// Turns the gun toward the target. True if the trigger should be pulled in this tick.
    pub(super) fn track(
        &mut self,
        sight: &impl Sight<World>,
        craft: &CraftState,
        target: Option<&Target>,
        skill: &Skill,
        rng: &mut Rng,
    ) -> bool {
        let now = sight.tick();
        let rate = sight.tick_rate();
        let rail = craft.flags.contains(CraftFlags::RAIL);
        if now >= self.error_until {
            let spread = skill.aim_error();
            // The mean of two random numbers: small errors are more frequent.
            self.error = (rng.between(-spread, spread) + rng.between(-spread, spread)) / 2;
            self.error_until = now.plus(rate.ticks_in_ms(rng.between(250, 600) as u32));
        }
        let Some(target) = target else {
            self.bank = None;
            self.swing(craft_course(craft).unwrap_or(self.aim), skill.swing() / 3, rate.hz().into());
            return false;
        };
        let bank = self.bank.filter(|(_, until)| now < *until && !rail).map(|(angle, _)| angle);
        let wanted = bank.unwrap_or_else(|| {
            let point = lead(sight, craft, target, rail, skill);
            (i32::from(trig::angle_of(point - craft.position)) + self.error).rem_euclid(AIM_TURN.into()) as u16
        });
        self.wanted = wanted;
        self.swing(wanted, skill.swing(), rate.hz().into());
        let in_sight = now.since(target.seen) <= rate.ticks_in_ms(300);
        let reacted = now.since(target.since) >= skill.reaction_ticks(rate);
        let distance = distance_squared(craft.position, target.expected(now));
        let reach = if rail { RAIL_REACH } else { SHELL_REACH };
        let near_enough = distance < i64::from(reach) * i64::from(reach);
        let tolerance = if rail { 6 } else { 26 };
        let steady = turn_between(self.aim, wanted).abs() <= tolerance;
        let worth_it = bank.is_some() || in_sight && reacted && near_enough;
        let pulls = worth_it && steady && self.finger(now, rail, rate.ticks_in_ms(100), rng);
        // A shell that would come back is rarely fired. The check is expensive, so it runs only when the gun is ready.
        let ready = sight.own().fire_ticks <= 1;
        let careless = rng.chance(10, 100);
        pulls && (rail || !ready || careless || foresee(sight, craft, self.aim, target.expected(now)) != End::Back)
    }

    /// Looks for a shot off a wall at a target that is out of sight: mirrors the target at one wall and simulates a
    /// shell in that direction. Each call tries one random wall.
    pub(super) fn try_bank_shot(
        &mut self,
        sight: &impl Sight<World>,
        craft: &CraftState,
        target: &Target,
        rng: &mut Rng,
    ) {
        let now = sight.tick();
        let expected = target.expected(now);
        let map = &sight.map().map;
        let wall = trig::vector(rng.below(4) as u16 * 256, BANK_REACH);
        let hit = collide::cast(map, craft.position, craft.position + wall);
        let mirrored = if wall.x != 0 {
            IVec2::new(2 * hit.x - expected.x, expected.y)
        } else {
            IVec2::new(expected.x, 2 * hit.y - expected.y)
        };
        let angle = trig::angle_of(mirrored - craft.position);
        if self.bank.is_none_or(|(_, until)| now >= until) && foresee(sight, craft, angle, expected) == End::OffWall {
            let worth_ticks = sight.tick_rate().ticks_in_ms(700);
            self.bank = Some((angle, now.plus(worth_ticks)));
        }
    }

    /// Alternates bursts and pauses; true during a burst.
    fn finger(&mut self, now: Tick, rail: bool, tenth: u32, rng: &mut Rng) -> bool {
        if now >= self.finger_until {
            self.firing = !self.firing || rail;
            let tenths = if self.firing { rng.between(4, 14) } else { rng.between(1, 6) };
            self.finger_until = now.plus(tenth * tenths as u32);
        }
        self.firing
    }

    fn swing(&mut self, wanted: u16, per_second: i32, hz: i32) {
        let most = (per_second / hz).max(1);
        let turn = turn_between(self.aim, wanted).clamp(-most, most);
        self.aim = (i32::from(self.aim) + turn).rem_euclid(AIM_TURN.into()) as u16;
    }
}

/// Expected position of the target when a shell arrives, as precisely as the opponent's skill allows.
fn lead(sight: &impl Sight<World>, craft: &CraftState, target: &Target, rail: bool, skill: &Skill) -> IVec2 {
    let expected = target.expected(sight.tick());
    if rail {
        return expected;
    }
    let distance = distance_squared(craft.position, expected).isqrt() as i32;
    let shell_step = sight.map().rules.motion.shell_speed / VELOCITY_PER_POSITION;
    let flight_ticks = distance / shell_step.max(1);
    let drift = target.velocity * flight_ticks / VELOCITY_PER_POSITION;
    expected + drift * skill.lead() / 100
}

/// End of a shell that is fired now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// Hits the goal directly.
    Straight,
    /// Hits the goal after a bounce.
    OffWall,
    /// Comes back to the craft that fired it.
    Back,
    /// Hits neither.
    Elsewhere,
}

/// Simulates a shell that is fired along `angle`, and reports where it ends.
fn foresee(sight: &impl Sight<World>, craft: &CraftState, angle: u16, goal: IVec2) -> End {
    let terrain = sight.map();
    let mut shell: ShellState = weapon::shell(terrain, craft, sight.player(), angle);
    let near = |position: IVec2, other: IVec2, radius: i32| {
        distance_squared(position, other) < i64::from(radius) * i64::from(radius)
    };
    let mut end = End::Elsewhere;
    for _ in 0..terrain.rules.tick_rate.ticks_in_ms(FORESIGHT_MS) {
        let fate = shell::step(&mut shell, terrain, |_, shell| {
            let bounced = shell.bounces_left < terrain.rules.shell_bounces;
            if near(shell.position, goal, 24 * POSITION_PER_PX) {
                end = if bounced { End::OffWall } else { End::Straight };
            } else if bounced && near(shell.position, craft.position, 40 * POSITION_PER_PX) {
                end = End::Back;
            }
            end != End::Elsewhere
        });
        if fate != Fate::Flies {
            break;
        }
    }
    end
}

/// Direction of a craft's thrust, if it has one.
fn craft_course(craft: &CraftState) -> Option<u16> {
    craft.heading.angle()
}

/// The shorter turn from one angle to another, 1/1024 turn, -512..512.
fn turn_between(from: u16, to: u16) -> i32 {
    let turn = i32::from(AIM_TURN);
    (i32::from(to) - i32::from(from) + turn + turn / 2) % turn - turn / 2
}

/// Farthest it fires shells, position units: they arrive within a second.
const SHELL_REACH: i32 = 620 * POSITION_PER_PX;
/// Farthest it fires the rail, position units.
const RAIL_REACH: i32 = 900 * POSITION_PER_PX;
/// Farthest wall it shoots off, position units.
const BANK_REACH: i32 = 500 * POSITION_PER_PX;
/// Time for which a shot is simulated, ms.
const FORESIGHT_MS: u32 = 1_100;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_take_the_short_way() {
        for (from, to, turn) in [(0, 10, 10), (10, 0, -10), (1_000, 24, 48), (24, 1_000, -48), (0, 512, -512)] {
            assert_eq!(turn_between(from, to), turn, "{from} to {to}");
        }
    }

    #[test]
    fn gun_swings_no_faster_than_it_can() {
        let mut gun = Gun::default();
        gun.swing(400, 600, 30);
        assert_eq!(gun.aim, 20);
        gun.swing(1_020, 600, 30);
        assert_eq!(gun.aim, 0);
        gun.swing(1_020, 600, 30);
        assert_eq!(gun.aim, 1_020);
    }
}

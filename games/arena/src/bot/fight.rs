//! Plays like a person: picks an enemy in sight, circles it, aims ahead of it, fires a third of the time and dashes now
//! and then. The input changes at least four times per second.

use glam::IVec2;
use shared::{
    PlayerId,
    game::{Entity as _, Sight},
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    rng::Rng,
    trig,
};

use super::sight::{are_enemies, craft_of};
use crate::{
    entity::{CraftState, EntityState},
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::{Terrain, World, grid::distance_squared},
};

/// Behaviour of a load-test bot that fights.
#[derive(Clone, Debug)]
pub(super) struct Fight {
    rng: Rng,
    target: Option<PlayerId>,
    /// Direction of the circle.
    clockwise: bool,
    firing: bool,
    heading: Heading,
    aim: u16,
    /// Current error of the aim, 1/1024 turn, so that not every shot hits.
    error: i32,
}

impl Fight {
    pub(super) fn new(mut rng: Rng) -> Self {
        let clockwise = rng.chance(1, 2);
        Self { rng, target: None, clockwise, firing: false, heading: Heading::NONE, aim: 0, error: 0 }
    }

    pub(super) fn input(&mut self, sight: &impl Sight<World>) -> Input {
        let terrain = sight.map();
        let Some(own) = craft_ahead(sight, sight.player()) else { return Input::default() };
        let hz = u32::from(sight.tick_rate().hz());
        self.firing = if self.firing { !self.rng.chance(BURST_ENDS, hz) } else { self.rng.chance(BURST_BEGINS, hz) };
        let decides = self.rng.chance(DECISIONS, hz);
        if decides {
            self.pick_target(sight, own.position);
            self.clockwise ^= self.rng.chance(1, 6);
            self.error = self.rng.between(-ERROR_MAX, ERROR_MAX);
        }
        let target = self.target.and_then(|target| craft_ahead(sight, target)).filter(CraftState::is_alive);
        match target {
            Some(target) => {
                let away = target.position - own.position;
                if decides {
                    self.heading = self.circle(away);
                }
                self.track(lead(&own, &target, terrain));
            }
            None if decides => self.roam(),
            None => {}
        }
        let mut buttons = Buttons::NONE;
        if self.firing && target.is_some() {
            buttons = buttons.with(Buttons::FIRE);
        }
        if self.rng.chance(1, DASH_SECONDS * hz) {
            buttons = buttons.with(Buttons::DASH);
        }
        Input { heading: self.heading, aim: self.aim, buttons }
    }

    /// Keeps a visible target most of the time; otherwise takes the nearest enemy.
    fn pick_target(&mut self, sight: &impl Sight<World>, position: IVec2) {
        let visible = |&player: &PlayerId| craft_of(sight, player).is_some_and(|craft| craft.is_alive());
        self.target = self.target.filter(visible).filter(|_| !self.rng.chance(1, 8)).or_else(|| {
            // Crafts have the lowest ids.
            let crafts = sight.entities().map_while(|(id, state)| match state {
                EntityState::Craft(craft) => Some((PlayerId(id.0), craft)),
                _ => None,
            });
            let enemies =
                crafts.filter(|&(player, craft)| craft.is_alive() && are_enemies(sight, sight.player(), player));
            enemies
                .map(|(player, craft)| (distance_squared(craft.position, position), player))
                .min()
                .map(|(_, player)| player)
        });
    }

    /// Heading relative to the target: closer if it is far, away if it is near, otherwise sideways.
    fn circle(&mut self, away: IVec2) -> Heading {
        let toward = trig::angle_of(away);
        let distance_px = away.as_vec2().length() as i32 / POSITION_PER_PX;
        let turn = match distance_px {
            ..NEAR_PX => 400,
            NEAR_PX..FAR_PX => 256,
            _ => 60,
        } + self.rng.between(-40, 40);
        Heading::from_aim(turned(toward, if self.clockwise { turn } else { -turn }))
    }

    /// Moves the gun if the aim is off by more than [`HAND`].
    fn track(&mut self, wanted: u16) {
        let wanted = turned(wanted, self.error);
        let off = (i32::from(wanted) - i32::from(self.aim)).rem_euclid(AIM_TURN.into());
        let off = off.min(i32::from(AIM_TURN) - off);
        if off > HAND {
            self.aim = wanted;
        }
    }

    fn roam(&mut self) {
        if self.heading == Heading::NONE || self.rng.chance(1, 4) {
            self.heading = Heading::from_aim(self.rng.below(AIM_TURN.into()) as u16);
        }
        self.aim = self.heading.angle().unwrap_or(0);
    }
}

/// State of a craft in the tick of the input, if its motion does not change.
fn craft_ahead(sight: &impl Sight<World>, player: PlayerId) -> Option<CraftState> {
    let mut craft = craft_of(sight, player)?;
    craft.step(sight.map());
    Some(craft)
}

/// Angle at which a shell fired now meets the target, if the target keeps its velocity.
fn lead(own: &CraftState, target: &CraftState, terrain: &Terrain) -> u16 {
    let speed = (terrain.rules.motion.shell_speed / VELOCITY_PER_POSITION).max(1);
    let mut meets = target.position;
    // Two iterations reach the accuracy of a craft's width for targets slower than a shell.
    for _ in 0..2 {
        let ticks = (meets - own.position).as_vec2().length() as i32 / speed;
        meets = target.position + target.velocity * ticks.min(LEAD_TICKS_MAX) / VELOCITY_PER_POSITION;
    }
    trig::angle_of(meets - own.position)
}

fn turned(angle: u16, by: i32) -> u16 {
    (i32::from(angle) + by).rem_euclid(AIM_TURN.into()) as u16
}

/// Decisions per second about heading and target.
const DECISIONS: u32 = 6;
/// Bursts begin about once a second and last half a second on average, so a third of the time is fire.
const BURST_BEGINS: u32 = 1;
const BURST_ENDS: u32 = 2;
/// Mean number of seconds between two dashes.
const DASH_SECONDS: u32 = 3;
/// Largest error of aim, 1/1024 turn.
const ERROR_MAX: i32 = 24;
/// The gun is moved in steps of about 3 degrees, 1/1024 turn.
const HAND: i32 = 8;
const NEAR_PX: i32 = 140;
const FAR_PX: i32 = 380;
/// Longest prediction of a target's motion: two seconds at 60 Hz.
const LEAD_TICKS_MAX: i32 = 120;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::TickRate;

    use super::*;
    use crate::{entity::CraftFlags, map::Map, rules::numbers::Rules};

    fn terrain() -> Terrain {
        let map = Map::new("open".into(), 64, 64, 64, vec![false; 64 * 64], Vec::new());
        Terrain { map: Arc::new(map), rules: Rules::new(TickRate::new(30).unwrap()) }
    }

    fn craft_at(x_px: i32, y_px: i32, velocity: IVec2) -> CraftState {
        CraftState {
            position: IVec2::new(x_px, y_px) * POSITION_PER_PX,
            velocity,
            heading: Heading::NONE,
            aim: 0,
            health: 100,
            flags: CraftFlags::default(),
        }
    }

    #[test]
    fn gun_points_at_a_target_that_stands() {
        let (own, target) = (craft_at(1_000, 1_000, IVec2::ZERO), craft_at(1_000, 1_300, IVec2::ZERO));
        assert_eq!(lead(&own, &target, &terrain()), 256);
    }

    #[test]
    fn gun_points_ahead_of_a_target_that_crosses() {
        let (own, target) = (craft_at(1_000, 1_000, IVec2::ZERO), craft_at(1_400, 1_000, IVec2::new(0, 2_000)));
        let aim = lead(&own, &target, &terrain());
        assert!((30..120).contains(&aim), "aim {aim}");
    }
}

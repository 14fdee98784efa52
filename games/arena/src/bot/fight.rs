//! Plays as a person would: picks an enemy in sight, circles it, leads it with the gun, fires a third of the time,
//! dashes now and then. At least four changes of input a second.

use arena::{
    entity::{CraftState, EntityState},
    input::{AIM_TURN, Buttons, Heading, Input},
    rules::Terrain,
};
use client::Client;
use glam::IVec2;
use shared::{
    EntityId, PlayerId, Tick,
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION},
    rng::Rng,
    trig,
};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Fight {
    rng: Rng,
    target: Option<PlayerId>,
    /// The side it circles to.
    clockwise: bool,
    firing: bool,
    heading: Heading,
    aim: u16,
    /// How far off it aims, 1/1024 turn: nobody hits always.
    error: i32,
}

impl Fight {
    pub(super) fn new(mut rng: Rng) -> Self {
        let clockwise = rng.chance(1, 2);
        Self { rng, target: None, clockwise, firing: false, heading: Heading::NONE, aim: 0, error: 0 }
    }

    pub(super) fn decide(&mut self, client: &Client, tick: Tick) -> Input {
        let Some((own, terrain)) = own_craft(client, tick) else { return Input::default() };
        let hz = u32::from(terrain.rules.tick_rate.hz());
        self.firing = if self.firing { !self.rng.chance(BURST_ENDS, hz) } else { self.rng.chance(BURST_BEGINS, hz) };
        let decides = self.rng.chance(DECISIONS, hz);
        if decides {
            self.pick_target(client, own.position);
            self.clockwise ^= self.rng.chance(1, 6);
            self.error = self.rng.between(-ERROR_MAX, ERROR_MAX);
        }
        let target = self.target.and_then(|target| craft(client, target, tick)).filter(CraftState::is_alive);
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

    /// Keeps to a target in sight, most of the time; else takes the nearest enemy.
    fn pick_target(&mut self, client: &Client, position: IVec2) {
        let visible = |player: &PlayerId| is_alive(client.view().entity(arena::craft_of(*player)));
        self.target = self.target.filter(visible).filter(|_| !self.rng.chance(1, 8)).or_else(|| {
            let own = client.player()?;
            let seats = client.welcome()?.seats;
            let crafts = client.view().entities().take_while(|(id, _)| id.0 < seats);
            let enemies = crafts.filter_map(|(EntityId(seat), state)| match state {
                EntityState::Craft(craft) if craft.is_alive() && !client.roster().allied(own, PlayerId(seat)) => {
                    Some(((craft.position - position).length_squared(), PlayerId(seat)))
                }
                _ => None,
            });
            enemies.min().map(|(_, player)| player)
        });
    }

    /// Closes in from afar, backs off from near, circles in between.
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

    /// Moves the gun when it is off by more than a hand lets pass.
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

fn own_craft(client: &Client, tick: Tick) -> Option<(CraftState, &Terrain)> {
    let own = craft(client, client.player()?, tick)?;
    Some((own, client.view().terrain()?))
}

/// A craft where it will be at `tick` if it goes on as it does.
fn craft(client: &Client, player: PlayerId, tick: Tick) -> Option<CraftState> {
    match client.view().extrapolated(arena::craft_of(player), tick)? {
        EntityState::Craft(craft) => Some(craft),
        _ => None,
    }
}

fn is_alive(state: Option<&EntityState>) -> bool {
    matches!(state, Some(EntityState::Craft(craft)) if craft.is_alive())
}

/// The angle at which a shell fired now meets the target, if that keeps its velocity.
fn lead(own: &CraftState, target: &CraftState, terrain: &Terrain) -> u16 {
    let speed = (terrain.rules.motion.shell_speed / VELOCITY_PER_POSITION).max(1);
    let mut meets = target.position;
    // Two rounds come within a craft's width for anything slower than a shell.
    for _ in 0..2 {
        let ticks = (meets - own.position).as_vec2().length() as i32 / speed;
        meets = target.position + target.velocity * ticks.min(LEAD_TICKS_MAX) / VELOCITY_PER_POSITION;
    }
    trig::angle_of(meets - own.position)
}

fn turned(angle: u16, by: i32) -> u16 {
    (i32::from(angle) + by).rem_euclid(AIM_TURN.into()) as u16
}

/// Decisions per second: where to fly, at whom to shoot.
const DECISIONS: u32 = 6;
/// Bursts begin about once a second without one and end after half a second: a third of the time is fire.
const BURST_BEGINS: u32 = 1;
const BURST_ENDS: u32 = 2;
/// Seconds between dashes, in the mean.
const DASH_SECONDS: u32 = 3;
/// Largest error of aim, 1/1024 turn.
const ERROR_MAX: i32 = 24;
/// A hand follows in steps of about 3 degrees, 1/1024 turn.
const HAND: i32 = 8;
const NEAR_PX: i32 = 140;
const FAR_PX: i32 = 380;
/// Nobody leads farther than two seconds at 60 Hz.
const LEAD_TICKS_MAX: i32 = 120;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arena::{entity::CraftFlags, map::Map, rules::numbers::Rules};
    use shared::TickRate;

    use super::*;

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

    #[test]
    fn bot_that_sees_nothing_stays_neutral() {
        let client = Client::new(client::ClientConfig::default(), std::time::Duration::ZERO);
        assert_eq!(Fight::new(Rng::new(1)).decide(&client, Tick(1)), Input::default());
    }
}

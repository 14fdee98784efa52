//! What the arena draws at one moment: everything in px, seconds and turns, ready for a canvas.

use glam::Vec2;
use shared::{
    PlayerId,
    game::{self, Key, Pose, Shown},
};

use crate::{
    entity::{CraftState, EntityState, PickupState, ShellState},
    flight::per_tick,
    input::AIM_TURN,
    map::PickupKind,
    own::OwnState,
    rules::{Terrain, World, numbers::Rules},
};

/// See the module.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// The moment of the others' past that is shown, ticks.
    pub render_tick: f64,
    /// The moment of the own craft, ticks.
    pub input_tick: f64,
    /// The own craft, once there is one; a wreck until it respawns.
    pub own: Option<OwnShown>,
    /// The other crafts, wrecks among them.
    pub crafts: Vec<CraftShown>,
    /// Shells, own ones among them.
    pub shells: Vec<ShellShown>,
    /// Pickups, taken ones among them.
    pub pickups: Vec<PickupShown>,
}

/// A craft.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CraftShown {
    /// Whose.
    pub player: PlayerId,
    /// Centre, px.
    pub position: Vec2,
    /// px per second.
    pub velocity: Vec2,
    /// Where the gun points, turns; 0 is right, a quarter is down.
    pub aim: f32,
    /// 0 is a wreck.
    pub health: u8,
    /// See [`crate::entity::CraftFlags`].
    pub flags: u8,
    /// 0 for what is known, up to 1 for what is guessed as far as guessing goes.
    pub guessed: f32,
}

/// The own craft with what only its player knows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct OwnShown {
    /// The craft. Its aim is the last input's, not the rounded one that others see.
    pub craft: CraftShown,
    /// Part of the gun's pause that is over, 0..=1; at 1 it fires.
    pub gun: f32,
    /// Part of the dash's pause that is over, 0..=1.
    pub dash: f32,
    /// Rail shots left.
    pub rail_shots: u8,
    /// Damage the shield still absorbs.
    pub shield: u8,
    /// Seconds of rapid fire left.
    pub rapid: f32,
    /// Seconds of protection left.
    pub protection: f32,
    /// Seconds until a wreck respawns.
    pub respawn: f32,
}

/// A shell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ShellShown {
    /// The same for a shell's whole life, whether it is predicted or sent, and no other's at the same time.
    pub key: u32,
    /// Who fired it.
    pub owner: PlayerId,
    /// px.
    pub position: Vec2,
    /// px per second.
    pub velocity: Vec2,
    /// Walls it still survives.
    pub bounces_left: u8,
    /// The server has not sent it yet.
    pub predicted: bool,
}

/// A pickup place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PickupShown {
    /// Index into the map's list.
    pub place: u8,
    /// Centre, px.
    pub position: Vec2,
    /// What it is.
    pub kind: PickupKind,
    /// Whether it can be taken.
    pub available: bool,
}

impl Scene {
    /// Empties it for the next moment; what was allocated stays.
    pub fn clear(&mut self) {
        let Self { render_tick, input_tick, own, crafts, shells, pickups } = self;
        (*render_tick, *input_tick, *own) = (0.0, 0.0, None);
        crafts.clear();
        shells.clear();
        pickups.clear();
    }

    /// Fills it with the arena's view of a moment.
    pub fn fill(&mut self, scene: &game::Scene<World>, terrain: &Terrain) {
        self.clear();
        (self.render_tick, self.input_tick) = (scene.render_tick, scene.input_tick);
        self.own = scene.steered.first().and_then(|shown| own_shown(shown, scene, &terrain.rules));
        let hz = f32::from(terrain.rules.tick_rate.hz());
        for &Shown { key, pose, guessed, predicted } in &scene.others {
            let Pose { position, velocity, .. } = pose;
            let velocity = velocity * hz;
            match (key, pose.state) {
                (Key::Entity(id), EntityState::Craft(craft)) => {
                    let (player, aim) = (PlayerId(id.0), pose.turn(turns));
                    let shown = CraftShown::new(player, &craft, position, velocity, aim);
                    self.crafts.push(CraftShown { guessed, ..shown });
                }
                (Key::Birth(birth), EntityState::Shell(ShellState { owner, bounces_left, .. })) => {
                    // One shell per player and tick.
                    let key = u32::from(owner.0) << 16 | birth.tick.0 & 0xffff;
                    self.shells.push(ShellShown { key, owner, position, velocity, bounces_left, predicted });
                }
                (_, EntityState::Pickup(PickupState { place, available })) => {
                    // A server may say anything, also a place that the map does not have.
                    let Some(on_map) = terrain.map.pickups().get(usize::from(place)) else { continue };
                    self.pickups.push(PickupShown { place, position, kind: on_map.kind, available });
                }
                _ => {}
            }
        }
    }
}

/// The own craft: it is steered from the newest tick on, so that is what its state is, wherever it is drawn.
fn own_shown(shown: &Shown<EntityState>, scene: &game::Scene<World>, rules: &Rules) -> Option<OwnShown> {
    let (Key::Entity(id), EntityState::Craft(craft)) = (shown.key, shown.pose.from) else { return None };
    let (velocity, aim) = match scene.intent {
        Some(intent) => (per_tick(craft.velocity), f32::from(intent.aim) / f32::from(AIM_TURN)),
        None => (shown.pose.velocity, shown.pose.turn(turns)),
    };
    let velocity = velocity * f32::from(rules.tick_rate.hz());
    let craft = CraftShown::new(PlayerId(id.0), &craft, shown.pose.position, velocity, aim);
    Some(OwnShown::new(craft, &scene.own, rules))
}

/// Where a gun points.
fn turns(state: &EntityState) -> f32 {
    match state {
        EntityState::Craft(craft) => f32::from(craft.aim) / 256.0,
        EntityState::Shell(_) | EntityState::Pickup(_) => 0.0,
    }
}

impl CraftShown {
    /// A craft as `state` says, at a place.
    fn new(player: PlayerId, state: &CraftState, position: Vec2, velocity: Vec2, aim: f32) -> Self {
        let CraftState { position: _, velocity: _, heading: _, aim: _, health, flags } = *state;
        Self { player, position, velocity, aim, health, flags: flags.0, guessed: 0.0 }
    }
}

impl OwnShown {
    /// A craft with its player's timers.
    fn new(craft: CraftShown, timers: &OwnState, rules: &Rules) -> Self {
        let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } =
            *timers;
        let pause = match (rail_shots, rapid_ticks) {
            (1.., _) => rules.rail_ticks,
            (0, 1..) => rules.rapid_fire_ticks,
            (0, 0) => rules.fire_ticks,
        };
        let over = |left: u8, of: u8| (1.0 - f32::from(left) / f32::from(of.max(1))).clamp(0.0, 1.0);
        let seconds = |ticks: u16| f32::from(ticks) / f32::from(rules.tick_rate.hz());
        Self {
            craft,
            gun: over(fire_ticks, pause),
            dash: over(dash_ticks, rules.dash_ticks),
            rail_shots,
            shield,
            rapid: seconds(rapid_ticks),
            protection: seconds(protection_ticks),
            respawn: seconds(respawn_ticks),
        }
    }
}

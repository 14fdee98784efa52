//! What a screen draws at one moment: everything in px, seconds and turns, ready for a canvas.
//!
//! Three times meet here. The own craft is drawn at the *input tick*, ahead of the server. Others are drawn at the
//! *render tick*, a little in the past, where two states of them are known. Shells go from one to the other, since
//! their whole path is known: an own one leaves the muzzle at the input tick and has slid back to the render tick when
//! it gets to the others, so that it is seen to hit what it hits; another's leaves its muzzle at the render tick and
//! catches up with the input tick, so that whoever sees it miss is not hit.

use arena::{
    entity::{CraftState, EntityState},
    map::PickupKind,
    own::OwnState,
    rules::numbers::Rules,
};
use glam::Vec2;
use shared::{EntityId, PlayerId};

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
    /// See [`arena::entity::CraftFlags`].
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
    /// The same for a shell's whole life, whether it is predicted or told, and no other's at the same time.
    pub key: u32,
    /// Who fired it.
    pub owner: PlayerId,
    /// px.
    pub position: Vec2,
    /// px per second.
    pub velocity: Vec2,
    /// Walls it still survives.
    pub bounces_left: u8,
    /// The server has not told of it yet.
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
    pub(crate) fn clear(&mut self) {
        let Self { render_tick, input_tick, own, crafts, shells, pickups } = self;
        (*render_tick, *input_tick, *own) = (0.0, 0.0, None);
        crafts.clear();
        shells.clear();
        pickups.clear();
    }
}

impl CraftShown {
    /// A craft as `state` says, at a place.
    pub(crate) fn new(player: PlayerId, state: &CraftState, position: Vec2, velocity: Vec2, aim: f32) -> Self {
        let CraftState { position: _, velocity: _, heading: _, aim: _, health, flags } = *state;
        Self { player, position, velocity, aim, health, flags: flags.0, guessed: 0.0 }
    }
}

impl OwnShown {
    /// A craft with its player's timers.
    pub(crate) fn new(craft: CraftShown, timers: &OwnState, rules: &Rules) -> Self {
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

/// The player of a craft's id.
pub(crate) fn craft_player(id: EntityId, state: &EntityState) -> Option<PlayerId> {
    matches!(state, EntityState::Craft(_)).then_some(PlayerId(id.0))
}

//! What one input does to its own craft: steering, dashing, pulling the trigger. The server runs this for everyone,
//! a client runs it ahead for its own craft, and both get the same.

use crate::{
    entity::{CraftFlags, CraftState},
    input::{Buttons, Heading, Input},
};
use crate::{
    event::Weapon,
    own::OwnState,
    rules::{Terrain, craft, numbers::Rules},
};

/// Flies a craft one tick by its input; without one it drifts and keeps its aim. A wreck stays as it is.
///
/// The timers of `own` must have run for this tick already ([`shared::game::Own::step`]).
pub fn fly(craft: &mut CraftState, own: &mut OwnState, input: Option<&Input>, terrain: &Terrain) {
    if !craft.is_alive() {
        return;
    }
    craft.heading = input.map_or(Heading::NONE, |input| input.heading);
    craft.aim = input.map_or(craft.aim, |input| shown_aim(input.aim));
    let wants_dash = input.is_some_and(|input| input.buttons.contains(Buttons::DASH));
    if wants_dash && own.dash_ticks == 0 && craft.heading != Heading::NONE {
        own.dash_ticks = terrain.rules.dash_ticks;
        craft::dash(craft, terrain);
    }
    craft::step(craft, terrain);
}

/// Fires what a craft carries, if its input asks for it and the gun is ready, and sets the timers. The first shot
/// ends the protection.
pub fn pull_trigger(craft: &CraftState, own: &mut OwnState, input: &Input, rules: &Rules) -> Option<Weapon> {
    if !craft.is_alive() || own.fire_ticks > 0 || !input.buttons.contains(Buttons::FIRE) {
        return None;
    }
    own.protection_ticks = 0;
    if own.rail_shots > 0 {
        own.rail_shots -= 1;
        own.fire_ticks = rules.rail_ticks;
        Some(Weapon::Rail)
    } else {
        own.fire_ticks = if own.rapid_ticks > 0 { rules.rapid_fire_ticks } else { rules.fire_ticks };
        Some(Weapon::Shell)
    }
}

/// What everyone sees of a craft's timers and stocks.
pub fn flags(own: &OwnState) -> CraftFlags {
    let mut flags = CraftFlags::default();
    flags.set(CraftFlags::PROTECTED, own.protection_ticks > 0);
    flags.set(CraftFlags::SHIELD, own.shield > 0);
    flags.set(CraftFlags::RAPID, own.rapid_ticks > 0);
    flags.set(CraftFlags::RAIL, own.rail_shots > 0);
    flags
}

/// The aim that is drawn (1/256 turn) for the aim of an input (1/1024 turn).
pub const fn shown_aim(aim: u16) -> u8 {
    (aim / 4) as u8
}

//! Effects of one input on the player's own craft: steering, dashing, firing. The server runs this for all players, a
//! client runs it ahead for its own craft, with the same results.

use crate::{
    entity::{CraftFlags, CraftState},
    input::{Buttons, Heading, Input},
};
use crate::{
    event::Weapon,
    own::OwnState,
    rules::{Terrain, craft, numbers::Rules},
};

/// Moves a craft one tick by its input. Without an input it drifts and keeps its aim. A wreck does not move.
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

/// Fires the weapon of a craft if the input has the button and the gun is ready, and sets the timers. The first shot
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

/// The flags that all players see, from the craft's timers and stocks.
pub fn flags(own: &OwnState) -> CraftFlags {
    let mut flags = CraftFlags::default();
    flags.set(CraftFlags::PROTECTED, own.protection_ticks > 0);
    flags.set(CraftFlags::SHIELD, own.shield > 0);
    flags.set(CraftFlags::RAPID, own.rapid_ticks > 0);
    flags.set(CraftFlags::RAIL, own.rail_shots > 0);
    flags
}

/// Converts the aim of an input (1/1024 turn) to the aim that is drawn (1/256 turn).
pub const fn shown_aim(aim: u16) -> u8 {
    (aim / 4) as u8
}

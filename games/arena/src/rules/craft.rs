//! Motion of a craft: thrust, drag, dash, walls. Crafts pass through each other, so each can be run forward alone.

use glam::IVec2;

use crate::entity::CraftState;
use crate::rules::{
    Terrain, collide,
    numbers::{CRAFT_HALF, DRAG_ONE, WALL_RESTITUTION_DIVISOR},
};
use shared::{
    quantize::{VELOCITY_PER_POSITION, div_round},
    trig,
};

/// Runs a craft forward one tick along its heading. A wreck stays where it is.
///
/// `v += thrust; v -= v * drag; clamp; p += v`. A wall that stops an axis reverses that component and halves it. A
/// client needs nothing else to show a craft without updates.
pub fn step(craft: &mut CraftState, terrain: &Terrain) {
    if !craft.is_alive() {
        return;
    }
    let motion = &terrain.rules.motion;
    if let Some(angle) = craft.heading.angle() {
        craft.velocity += trig::vector(angle, motion.acceleration);
    }
    let lost = IVec2::new(
        div_round(craft.velocity.x * motion.drag, DRAG_ONE),
        div_round(craft.velocity.y * motion.drag, DRAG_ONE),
    );
    craft.velocity = (craft.velocity - lost).clamp(IVec2::splat(-motion.speed_max), IVec2::splat(motion.speed_max));
    let delta = IVec2::new(
        div_round(craft.velocity.x, VELOCITY_PER_POSITION),
        div_round(craft.velocity.y, VELOCITY_PER_POSITION),
    );
    let moved = collide::slide(&terrain.map, craft.position, delta, CRAFT_HALF);
    craft.position = moved.position;
    if moved.hit_x {
        craft.velocity.x = -craft.velocity.x / WALL_RESTITUTION_DIVISOR;
    }
    if moved.hit_y {
        craft.velocity.y = -craft.velocity.y / WALL_RESTITUTION_DIVISOR;
    }
}

/// Adds the impulse of a dash along the heading, before the tick's step. Without a heading there is no dash.
pub fn dash(craft: &mut CraftState, terrain: &Terrain) {
    if let Some(angle) = craft.heading.angle() {
        craft.velocity += trig::vector(angle, terrain.rules.motion.dash);
    }
}

//! Poses of crafts and shells between ticks, for the screen.

use glam::{IVec2, Vec2};
use shared::{
    game::{Entity, Pose},
    quantize::{POSITION_PER_PX, VELOCITY_PER_POSITION, position_to_px},
};

use crate::{
    entity::{CraftState, ShellState},
    rules::{Terrain, shell},
};

/// Pose of a craft `past` ticks after one state, of `ticks` until another.
pub(crate) fn craft_between(
    from: &CraftState,
    to: &CraftState,
    past: f64,
    ticks: u32,
    terrain: &Terrain,
) -> Pose<CraftState> {
    if !is_one_flight(from, to, ticks) {
        // A death or a respawn is not interpolated: the craft stays where it was until the next state.
        return Pose { velocity: per_tick(from.velocity), ..Pose::still(*from, terrain) };
    }
    let straight = Pose::straight(*from, *to, past, ticks, terrain);
    let velocity = per_tick(from.velocity).lerp(per_tick(to.velocity), straight.part);
    Pose { velocity, ..straight }
}

/// Pose of a craft `past` ticks after a state, run forward.
pub(crate) fn craft_ahead(from: &CraftState, past: f64, terrain: &Terrain) -> Option<Pose<CraftState>> {
    let (state, part) = from.run_forward(past, terrain)?;
    let mut next = state;
    next.step(terrain);
    let Pose { position, .. } = Pose::straight(state, next, part, 1, terrain);
    Some(Pose { position, velocity: per_tick(state.velocity), ..Pose::still(state, terrain) })
}

/// Pose of a shell `part` of a tick after `shell`, along its bounces; `None` if it ends before that.
pub(crate) fn shell_pose(shell: &ShellState, part: f64, terrain: &Terrain) -> Option<Pose<ShellState>> {
    let steps = f64::from(terrain.rules.motion.shell_steps);
    let exact = part.clamp(0.0, 1.0) * steps;
    let (whole, rest) = (exact as usize, exact.fract() as f32);
    let (mut seen, mut from, mut flies) = (0, *shell, *shell);
    let mut to = None;
    shell::step(&mut flies, terrain, |_, after| {
        if seen == whole {
            to = Some(*after);
            return true;
        }
        seen += 1;
        from = *after;
        false
    });
    let to = match to {
        Some(to) => to,
        None if rest == 0.0 => from,
        None => return None,
    };
    let position = position_to_px(from.position).lerp(position_to_px(to.position), rest);
    Some(Pose { position, velocity: per_tick(from.velocity), ..shell_still(shell) })
}

/// Pose of a shell at the end of its tick.
pub(crate) fn shell_still(shell: &ShellState) -> Pose<ShellState> {
    let (position, velocity) = (position_to_px(shell.position), per_tick(shell.velocity));
    Pose { position, velocity, state: *shell, from: *shell, to: *shell, part: 0.0 }
}

/// Converts velocity units to px per tick.
pub(crate) fn per_tick(velocity: IVec2) -> Vec2 {
    velocity.as_vec2() / (POSITION_PER_PX * VELOCITY_PER_POSITION) as f32
}

/// True if one state can lead to the other in so many ticks by flight alone, without a death and a respawn elsewhere.
fn is_one_flight(from: &CraftState, to: &CraftState, ticks: u32) -> bool {
    let far = FLIGHT_PX_PER_TICK * ticks.max(1) as i32 * POSITION_PER_PX;
    from.is_alive() == to.is_alive() && (to.position - from.position).abs().max_element() <= far
}

/// No craft flies farther in a tick: its speed is bounded by three quarters of a tile of 64 px.
const FLIGHT_PX_PER_TICK: i32 = 64;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::{PlayerId, TickRate, trig};

    use super::*;
    use crate::{
        map::{file, shipped},
        rules::numbers::Rules,
    };

    fn terrain() -> Terrain {
        let (name, text) = shipped().find(|(name, _)| *name == "foundry").expect("the map is shipped");
        let map = file::parse(name, text).expect("shipped maps are valid");
        Terrain { map: Arc::new(map), rules: Rules::new(TickRate::new(30).expect("30 Hz is allowed")) }
    }

    #[test]
    fn shell_never_leaves_its_path_within_a_tick() {
        let terrain = terrain();
        let spawn = terrain.map.spawns[0];
        let mut state = ShellState {
            position: terrain.map.tile_center(spawn.column, spawn.row),
            velocity: trig::vector(100, terrain.rules.motion.shell_speed),
            owner: PlayerId(3),
            bounces_left: terrain.rules.shell_bounces,
            ticks_left: terrain.rules.shell_life_ticks,
        };
        let far = terrain.rules.motion.shell_speed as f32 / 256.0;
        let mut ticks = 0;
        loop {
            let here = shell_pose(&state, 0.0, &terrain).expect("it flies").position;
            for part in 1..10 {
                let Some(pose) = shell_pose(&state, f64::from(part) / 10.0, &terrain) else { break };
                assert!((pose.position - here).length() <= far * part as f32 / 10.0 + 0.5);
            }
            if !state.step(&terrain) {
                break;
            }
            ticks += 1;
        }
        assert!(ticks > 6, "it lives long enough");
    }
}

//! How a shell flies: straight, off walls twice, until its time is up. Its whole life follows from its birth.

use glam::IVec2;

use crate::{entity::ShellState, quantize::VELOCITY_PER_POSITION, sim::Terrain};

/// What became of a shell in a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It flies on.
    Flies,
    /// Its time is up or it met one wall too many. Both ends see this alike, so nobody is told.
    Expired,
    /// `visit` stopped it.
    Stopped,
}

/// Runs a shell forward one tick, in short steps, reflecting each axis off the walls it meets.
///
/// `visit(from, shell)` sees where every step began and the shell at its end, and returns true to stop it there; the
/// server looks for hits with it, a client passes `|_, _| false`.
pub fn step(shell: &mut ShellState, terrain: &Terrain, mut visit: impl FnMut(IVec2, &ShellState) -> bool) -> Fate {
    let Some(ticks_left) = shell.ticks_left.checked_sub(1) else { return Fate::Expired };
    shell.ticks_left = ticks_left;
    let steps = terrain.rules.motion.shell_steps;
    let tile = terrain.map.tile_units();
    for step in 0..steps {
        // Differences of one rounded line, so that the steps add up to exactly the tick's move.
        let delta = part(shell.velocity, step + 1, steps) - part(shell.velocity, step, steps);
        let from = shell.position;
        let mut bounced = false;
        let x = from.x + delta.x;
        if terrain.map.is_wall(x.div_euclid(tile), from.y.div_euclid(tile)) {
            shell.velocity.x = -shell.velocity.x;
            bounced = true;
        } else {
            shell.position.x = x;
        }
        let y = from.y + delta.y;
        if terrain.map.is_wall(shell.position.x.div_euclid(tile), y.div_euclid(tile)) {
            shell.velocity.y = -shell.velocity.y;
            bounced = true;
        } else {
            shell.position.y = y;
        }
        if bounced {
            let Some(left) = shell.bounces_left.checked_sub(1) else { return Fate::Expired };
            shell.bounces_left = left;
        }
        if visit(from, shell) {
            return Fate::Stopped;
        }
    }
    if shell.ticks_left == 0 { Fate::Expired } else { Fate::Flies }
}

/// `velocity * step / (steps * 16)`, towards zero: how far along the tick's move a step ends.
fn part(velocity: IVec2, step: i32, steps: i32) -> IVec2 {
    velocity * step / (steps * VELOCITY_PER_POSITION)
}

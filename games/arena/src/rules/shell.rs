//! Motion of a shell: straight, with two bounces off walls, until it expires. Its whole path follows from its first
//! state.

use glam::IVec2;

use crate::entity::ShellState;
use crate::rules::Terrain;
use shared::quantize::VELOCITY_PER_POSITION;

/// Result of a tick for a shell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It flies on.
    Flies,
    /// It expired, or hit more walls than it survives. Both ends compute this, so nothing is sent.
    Expired,
    /// `visit` stopped it.
    Stopped,
}

/// Runs a shell forward one tick, in short steps, reflecting each axis off the walls it meets.
///
/// `visit(from, shell)` is called with the begin of every step and the shell at its end, and returns true to stop it
/// there. The server checks for hits in it; a client passes `|_, _| false`.
pub fn step(shell: &mut ShellState, terrain: &Terrain, mut visit: impl FnMut(IVec2, &ShellState) -> bool) -> Fate {
    let Some(ticks_left) = shell.ticks_left.checked_sub(1) else { return Fate::Expired };
    shell.ticks_left = ticks_left;
    let steps = terrain.rules.motion.shell_steps;
    let map = &terrain.map;
    let mut before = IVec2::ZERO;
    for step in 0..steps {
        // Differences of rounded points on one line, so that the steps add up to exactly the tick's move.
        let after = part(shell.velocity, step + 1, steps);
        let delta = after - before;
        before = after;
        let from = shell.position;
        let mut bounced = false;
        let x = from.x + delta.x;
        if map.is_wall_at(IVec2::new(x, from.y)) {
            shell.velocity.x = -shell.velocity.x;
            // Rounding is symmetric, so the whole line can be mirrored.
            before.x = -before.x;
            bounced = true;
        } else {
            shell.position.x = x;
        }
        let y = from.y + delta.y;
        if map.is_wall_at(IVec2::new(shell.position.x, y)) {
            shell.velocity.y = -shell.velocity.y;
            before.y = -before.y;
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

/// `velocity * step / (steps * 16)`, rounded towards zero: the part of the tick's move at the end of a step.
fn part(velocity: IVec2, step: i32, steps: i32) -> IVec2 {
    velocity * step / (steps * VELOCITY_PER_POSITION)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::map::Map;
    use crate::rules::numbers::Rules;
    use shared::{id::PlayerId, rng::Rng, tick::TickRate, trig};

    fn terrain(hz: u16) -> Terrain {
        let walls = (0..100).map(|tile| tile * 37 % 11 < 3).collect();
        let map = Arc::new(Map::new("rubble".into(), 64, 10, 10, walls, Vec::new()));
        Terrain { map, rules: Rules::new(TickRate::new(hz).unwrap()) }
    }

    #[test]
    fn shell_stays_out_of_walls_keeps_its_speed_and_ends_in_time() {
        for hz in [10, 20, 30, 60, 120] {
            let terrain = terrain(hz);
            let rules = &terrain.rules;
            let mut rng = Rng::new(hz.into());
            let mut bounces = [0; 4];
            for _ in 0..500 {
                let (column, row) = (rng.below(10) as u16, rng.below(10) as u16);
                if terrain.map.is_wall(column.into(), row.into()) {
                    continue;
                }
                let mut shell = ShellState {
                    position: terrain.map.tile_center(column, row),
                    velocity: trig::vector(rng.below(1_024) as u16, rules.motion.shell_speed),
                    owner: PlayerId(0),
                    bounces_left: rules.shell_bounces,
                    ticks_left: rules.shell_life_ticks,
                };
                let speed = shell.velocity.abs();
                let mut ticks = 0;
                while step(&mut shell, &terrain, |_, shell| {
                    let tile = shell.position / terrain.map.tile_units();
                    assert!(!terrain.map.is_wall(tile.x, tile.y) && shell.position.min_element() >= 0);
                    false
                }) == Fate::Flies
                {
                    ticks += 1;
                    assert_eq!(shell.velocity.abs(), speed);
                }
                assert!(ticks < rules.shell_life_ticks);
                bounces[usize::from(shell.bounces_left)] += 1;
            }
            assert!(bounces[0] > 50 && bounces[3] == 0, "{bounces:?} shells by bounces left at {hz} Hz");
        }
    }

    #[test]
    fn steps_add_up_to_the_whole_move() {
        let open = Map::new("open".into(), 64, 10, 10, vec![false; 100], Vec::new());
        let terrain = Terrain { map: Arc::new(open), rules: Rules::new(TickRate::new(10).unwrap()) };
        let velocity = IVec2::new(9_999, -4_321);
        let start = IVec2::splat(5_000);
        let mut shell = ShellState { position: start, velocity, owner: PlayerId(0), bounces_left: 2, ticks_left: 9 };
        assert_eq!(step(&mut shell, &terrain, |_, _| false), Fate::Flies);
        assert_eq!(shell.position, start + velocity / VELOCITY_PER_POSITION);
    }
}

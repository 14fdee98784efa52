//! Moving a box against the tiles of a map, one axis after the other, in integers.

use glam::IVec2;

use crate::map::Map;

/// Where a move ended and which axes a wall stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The new centre.
    pub position: IVec2,
    /// A wall stopped the move along x.
    pub hit_x: bool,
    /// A wall stopped the move along y.
    pub hit_y: bool,
}

/// Moves a square of half side `half` from `position` by `delta`, all in position units, sliding along walls.
///
/// A move must be shorter than a tile per axis, so that looking at the leading edge alone is enough; the rules clamp
/// speeds to that.
pub fn slide(map: &Map, position: IVec2, delta: IVec2, half: i32) -> Moved {
    let (x, hit_x) = slide_axis(map, position.x, delta.x, position.y, half, Axis::X);
    let (y, hit_y) = slide_axis(map, position.y, delta.y, x, half, Axis::Y);
    Moved { position: IVec2::new(x, y), hit_x, hit_y }
}

/// Whether a straight line between two points crosses no wall. Samples each tile the line passes through.
pub fn line_of_sight(map: &Map, from: IVec2, to: IVec2) -> bool {
    !wall_on_line(map, from, to)
}

/// The last free point on the way from `from` to `to`, within one position unit of the wall that stops it.
pub fn cast(map: &Map, from: IVec2, to: IVec2) -> IVec2 {
    if !wall_on_line(map, from, to) {
        return to;
    }
    // Halving finds the edge in 20 steps for any map. It may step over a corner thinner than the search's first
    // halves, so each half is itself checked tile by tile.
    let (mut free, mut blocked) = (from, to);
    while (blocked - free).abs().max_element() > 1 {
        let middle = free + (blocked - free) / 2;
        if wall_on_line(map, free, middle) { blocked = middle } else { free = middle }
    }
    free
}

#[derive(Clone, Copy)]
enum Axis {
    X,
    Y,
}

fn slide_axis(map: &Map, along: i32, delta: i32, across: i32, half: i32, axis: Axis) -> (i32, bool) {
    if delta == 0 {
        return (along, false);
    }
    let tile = map.tile_units();
    let target = along + delta;
    let edge = if delta > 0 { target + half - 1 } else { target - half };
    let edge_tile = edge.div_euclid(tile);
    let first = (across - half).div_euclid(tile);
    let last = (across + half - 1).div_euclid(tile);
    let blocked = (first..=last).any(|other| match axis {
        Axis::X => map.is_wall(edge_tile, other),
        Axis::Y => map.is_wall(other, edge_tile),
    });
    if !blocked {
        (target, false)
    } else if delta > 0 {
        // Never moved backwards: a craft that already overlaps (a spawn in a doorway) just stays.
        ((edge_tile * tile - half).max(along), true)
    } else {
        (((edge_tile + 1) * tile + half).min(along), true)
    }
}

fn wall_on_line(map: &Map, from: IVec2, to: IVec2) -> bool {
    let tile = map.tile_units();
    let delta = to - from;
    // Points an eighth of a tile apart: a corner cut by less than that lets a shot pass, the same on both ends.
    let steps = delta.abs().max_element() / (tile / 8).max(1) + 1;
    (0..=steps).any(|step| {
        let x = from.x + (i64::from(delta.x) * i64::from(step) / i64::from(steps)) as i32;
        let y = from.y + (i64::from(delta.y) * i64::from(step) / i64::from(steps)) as i32;
        map.is_wall(x.div_euclid(tile), y.div_euclid(tile))
    })
}

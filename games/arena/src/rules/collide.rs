//! Moving a box against the tiles of a map, one axis after the other, in integers.

use glam::IVec2;

use crate::map::Map;

/// Result of a move: where it ended, and on which axes a wall stopped it.
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
/// A move must be shorter than a tile per axis, so that only the leading edge must be checked; the rules limit speeds
/// to that.
pub fn slide(map: &Map, position: IVec2, delta: IVec2, half: i32) -> Moved {
    let (x, hit_x) = slide_axis(map, position.x, delta.x, position.y, half, Axis::X);
    let (y, hit_y) = slide_axis(map, position.y, delta.y, x, half, Axis::Y);
    Moved { position: IVec2::new(x, y), hit_x, hit_y }
}

/// True if a straight line between two points crosses no wall.
pub fn line_of_sight(map: &Map, from: IVec2, to: IVec2) -> bool {
    cast(map, from, to) == to
}

/// The last free point on the line from `from` to `to`, next to the wall that stops it; `to` itself if no wall does. A
/// line that begins in a wall ends there.
///
/// Visits the tiles that the line crosses, one boundary after the other (Amanatides and Woo, "A fast voxel traversal
/// algorithm for ray tracing", 1987), in exact fractions. A line through a corner passes the neighbouring tile in x.
pub fn cast(map: &Map, from: IVec2, to: IVec2) -> IVec2 {
    let tile = map.tile_units();
    let mut at = IVec2::new(map.tile_of(from.x), map.tile_of(from.y));
    let last = IVec2::new(map.tile_of(to.x), map.tile_of(to.y));
    if map.is_wall(at.x, at.y) {
        return from;
    }
    let (x, y) = (Crossings::new(from.x, to.x, last.x, tile), Crossings::new(from.y, to.y, last.y, tile));
    while at != last {
        // The boundary that comes first is crossed. Both distances are parts of the same line, so they are compared as
        // fractions.
        let (part_x, part_y) = (x.part_at(at.x), y.part_at(at.y));
        let along_x = match (part_x, part_y) {
            (Some(part_x), Some(part_y)) => part_x * y.length <= part_y * x.length,
            (part_x, _) => part_x.is_some(),
        };
        let next = at + if along_x { IVec2::new(x.direction, 0) } else { IVec2::new(0, y.direction) };
        if map.is_wall(next.x, next.y) {
            let (part, length) = if along_x { (part_x, x.length) } else { (part_y, y.length) };
            let part = part.expect("a boundary was crossed");
            let point = IVec2::new(between(from.x, to.x, part, length), between(from.y, to.y, part, length));
            // The boundary itself may belong to the wall.
            let corner = at * tile;
            return point.clamp(corner, corner + IVec2::splat(tile - 1));
        }
        at = next;
    }
    to
}

/// Positions at which a line crosses the boundaries between tiles on one axis.
struct Crossings {
    from: i64,
    tile: i64,
    /// The tile in which the line ends.
    last: i32,
    direction: i32,
    /// Length of the line on this axis.
    length: i64,
}

impl Crossings {
    fn new(from: i32, to: i32, last: i32, tile: i32) -> Self {
        let way = i64::from(to) - i64::from(from);
        Self { from: from.into(), tile: tile.into(), last, direction: way.signum() as i32, length: way.abs() }
    }

    /// Part of `length` before the line leaves tile `at`; `None` if it ends in this tile.
    fn part_at(&self, at: i32) -> Option<i64> {
        (at != self.last).then(|| {
            let at = i64::from(at);
            let boundary = if self.direction > 0 { (at + 1) * self.tile } else { at * self.tile };
            (boundary - self.from).abs()
        })
    }
}

/// The point that is `part / length` of the way.
fn between(from: i32, to: i32, part: i64, length: i64) -> i32 {
    from + (i64::from(to - from) * part / length) as i32
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
    let edge_tile = map.tile_of(edge);
    let first = map.tile_of(across - half);
    let last = map.tile_of(across + half - 1);
    let blocked = (first..=last).any(|other| match axis {
        Axis::X => map.is_wall(edge_tile, other),
        Axis::Y => map.is_wall(other, edge_tile),
    });
    if !blocked {
        (target, false)
    } else if delta > 0 {
        // The craft is never moved backwards: one that already overlaps a wall stays where it is.
        ((edge_tile * tile - half).max(along), true)
    } else {
        (((edge_tile + 1) * tile + half).min(along), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::rng::Rng;

    /// A map of 64 px tiles (1,024 units) in which `wall` says where walls are.
    fn map(side: u16, wall: impl Fn(u16, u16) -> bool) -> Map {
        let walls = (0..side).flat_map(|row| (0..side).map(move |column| (column, row)));
        let walls = walls.map(|(column, row)| wall(column, row)).collect();
        Map::new("test".into(), 64, side, side, walls, Vec::new())
    }

    /// Places walls on about every third tile, always the same.
    fn rubble(column: u16, row: u16) -> bool {
        (u32::from(column) * 7 + u32::from(row) * 13 + u32::from(column * row)) % 10 < 3
    }

    fn is_free(map: &Map, point: IVec2) -> bool {
        let tile = map.tile_units();
        !map.is_wall(point.x.div_euclid(tile), point.y.div_euclid(tile))
    }

    #[test]
    fn cast_stops_beside_the_wall_in_all_directions() {
        let map = map(5, |column, row| column == 2 && row == 2);
        let check = |from: (i32, i32), to: (i32, i32), expected: (i32, i32)| {
            assert_eq!(cast(&map, from.into(), to.into()), expected.into(), "{from:?} to {to:?}");
        };
        check((500, 2_500), (5_000, 2_500), (2_047, 2_500));
        check((5_000, 2_500), (500, 2_500), (3_072, 2_500));
        check((2_500, 500), (2_500, 5_000), (2_500, 2_047));
        check((2_500, 5_000), (2_500, 500), (2_500, 3_072));
        check((500, 500), (900, 5_000), (900, 5_000));
        // Everything outside of the map is a wall, and a line that begins in a wall stays there.
        check((500, 500), (-9_000, 500), (0, 500));
        check((500, 500), (500, 9_000), (500, 5_119));
        check((2_500, 2_500), (500, 500), (2_500, 2_500));
        check((700, 700), (700, 700), (700, 700));
    }

    #[test]
    fn cast_never_crosses_what_a_fine_walk_does_not() {
        let map = map(12, rubble);
        let mut rng = Rng::new(11);
        let size = map.size().x;
        let mut stopped = 0;
        for _ in 0..3_000 {
            let mut point = || IVec2::new(rng.between(0, size - 1), rng.between(0, size - 1));
            let (from, to) = (point(), point());
            if !is_free(&map, from) {
                assert_eq!(cast(&map, from, to), from);
                continue;
            }
            let end = cast(&map, from, to);
            assert!(is_free(&map, end), "{from} to {to} ends in a wall at {end}");
            assert_eq!(line_of_sight(&map, from, to), end == to);
            stopped += u32::from(end != to);
            // A walk in steps of about one unit meets no wall, except a tile that the line only touches.
            let steps = (end - from).abs().max_element().max(1);
            let inside = (0..=steps).filter(|&step| {
                let part =
                    |from: i32, to: i32| from + (i64::from(to - from) * i64::from(step) / i64::from(steps)) as i32;
                !is_free(&map, IVec2::new(part(from.x, end.x), part(from.y, end.y)))
            });
            assert!(inside.count() <= 2, "{from} to {to} crosses a wall before {end}");
        }
        assert!(stopped > 500, "the rubble stops many lines: {stopped}");
    }

    #[test]
    fn sliding_box_never_overlaps_a_wall() {
        let map = map(12, rubble);
        let mut rng = Rng::new(5);
        let half = 14 * 16;
        let mut position = map.tile_center(0, 1);
        assert!(is_free(&map, position));
        for _ in 0..20_000 {
            let delta = IVec2::new(rng.between(-768, 768), rng.between(-768, 768));
            let moved = slide(&map, position, delta, half);
            let step = (moved.position - position).abs();
            assert!(step.cmple(delta.abs()).all(), "moved {step} by {delta}");
            assert_eq!(moved.hit_x, moved.position.x != position.x + delta.x);
            assert_eq!(moved.hit_y, moved.position.y != position.y + delta.y);
            position = moved.position;
            for corner in [(-half, -half), (half - 1, -half), (-half, half - 1), (half - 1, half - 1)] {
                assert!(is_free(&map, position + IVec2::from(corner)), "corner {corner:?} of {position}");
            }
        }
    }
}

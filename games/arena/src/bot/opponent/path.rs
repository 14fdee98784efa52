//! Path to a place: straight if a craft fits, otherwise around the walls, tile by tile.
//!
//! The search covers only a window of tiles around the craft, so it costs the same on every map and needs no memory
//! between two calls. It is called a few times per second.

use std::collections::VecDeque;

use glam::IVec2;
use shared::trig;

use crate::{
    map::Map,
    rules::{collide, numbers::CRAFT_HALF},
};

/// The next point to steer to on the way from `from` to `goal`.
pub(super) fn next_waypoint(map: &Map, from: IVec2, goal: IVec2, search: &mut Search) -> IVec2 {
    if is_passable(map, from, goal) {
        return goal;
    }
    search.run(map, from, goal);
    // The farthest tile of the path that a straight flight reaches.
    let way = &search.way;
    let mut length = way.len();
    while length > 1 {
        let candidate = center(map, way[length - 1]);
        if is_passable(map, from, candidate) {
            return candidate;
        }
        length = length * 3 / 4;
    }
    way.first().map_or(goal, |&tile| center(map, tile))
}

/// True if a craft can fly straight between two places without touching a wall: the lines of both its flanks are free.
pub(super) fn is_passable(map: &Map, from: IVec2, to: IVec2) -> bool {
    let flank = trig::vector(trig::angle_of(to - from) + 256, CRAFT_HALF);
    collide::line_of_sight(map, from + flank, to + flank) && collide::line_of_sight(map, from - flank, to - flank)
}

/// Buffers of a search, kept for the next one.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// For each tile of the window the direction of the step that led to it.
    came_by: Vec<u8>,
    open: VecDeque<u16>,
    /// Tiles from the first step to the best one found.
    way: Vec<IVec2>,
}

impl Search {
    /// Breadth-first search from the craft's tile until it reaches the goal or has covered the window. The path leads
    /// to the goal, or to the visited tile nearest to it.
    fn run(&mut self, map: &Map, from: IVec2, goal: IVec2) {
        let tile = map.tile_units();
        let start = tile_of(from, tile);
        let goal = tile_of(goal, tile);
        let corner = start - IVec2::splat(RADIUS);
        let place = |index: u16| corner + IVec2::new(i32::from(index) % SIDE, i32::from(index) / SIDE);
        let index = |place: IVec2| ((place.y - corner.y) * SIDE + place.x - corner.x) as u16;
        self.came_by.clear();
        self.came_by.resize((SIDE * SIDE) as usize, UNSEEN);
        self.open.clear();
        self.open.push_back(index(start));
        self.came_by[usize::from(index(start))] = START;
        let mut best = (distance(start, goal), start);
        while let Some(current) = self.open.pop_front() {
            let here = place(current);
            best = best.min_by_distance(distance(here, goal), here);
            if here == goal {
                break;
            }
            for (direction, step) in STEPS.into_iter().enumerate() {
                let next = here + step;
                if (next - start).abs().max_element() > RADIUS || map.is_wall(next.x, next.y) {
                    continue;
                }
                let seen = &mut self.came_by[usize::from(index(next))];
                if *seen == UNSEEN {
                    *seen = direction as u8;
                    self.open.push_back(index(next));
                }
            }
        }
        self.way.clear();
        let mut at = best.1;
        while at != start {
            self.way.push(at);
            at -= STEPS[usize::from(self.came_by[usize::from(index(at))])];
        }
        self.way.reverse();
    }
}

/// Keeps the nearer of two tiles, the first if they are equal.
trait Nearest {
    fn min_by_distance(self, distance: i32, tile: IVec2) -> Self;
}

impl Nearest for (i32, IVec2) {
    fn min_by_distance(self, distance: i32, tile: IVec2) -> Self {
        if distance < self.0 { (distance, tile) } else { self }
    }
}

fn tile_of(position: IVec2, tile: i32) -> IVec2 {
    IVec2::new(position.x.div_euclid(tile), position.y.div_euclid(tile))
}

fn center(map: &Map, tile: IVec2) -> IVec2 {
    map.tile_center(tile.x as u16, tile.y as u16)
}

fn distance(one: IVec2, other: IVec2) -> i32 {
    (one - other).length_squared()
}

/// Distance in tiles from the centre of the window to each side.
const RADIUS: i32 = 12;
const SIDE: i32 = 2 * RADIUS + 1;
const UNSEEN: u8 = u8::MAX;
const START: u8 = u8::MAX - 1;
const STEPS: [IVec2; 4] = [IVec2::X, IVec2::Y, IVec2::NEG_X, IVec2::NEG_Y];

#[cfg(test)]
mod tests {

    use crate::map::file;

    use super::*;

    fn map(rows: &[&str]) -> Map {
        let text = format!("name = \"m\"\ntile_px = 64\ninterest_px = 800\nrows = '''\n{}\n'''", rows.join("\n"));
        file::parse("m", &text).unwrap()
    }

    fn walk(map: &Map, from: (u16, u16), to: (u16, u16)) -> Vec<(i32, i32)> {
        let (mut at, goal) = (map.tile_center(from.0, from.1), map.tile_center(to.0, to.1));
        let mut search = Search::default();
        let mut tiles = Vec::new();
        while at != goal && tiles.len() < 20 {
            at = next_waypoint(map, at, goal, &mut search);
            tiles.push((at.x / 1_024, at.y / 1_024));
        }
        tiles
    }

    #[test]
    fn straight_when_nothing_is_in_the_way() {
        assert_eq!(walk(&map(&["s....", ".....", ".....", "....."]), (0, 0), (4, 3)), [(4, 3)]);
    }

    #[test]
    fn around_a_wall() {
        let map = map(&["s....", "####.", ".....", "....."]);
        let way = walk(&map, (0, 0), (0, 2));
        assert_eq!(way.last(), Some(&(0, 2)));
        assert!(way.len() <= 4, "{way:?}");
    }

    #[test]
    fn out_of_a_dead_end() {
        let map = map(&["s......", ".#####.", ".....#.", ".#####.", "......."]);
        let way = walk(&map, (4, 2), (6, 2));
        assert_eq!(way.last(), Some(&(6, 2)));
    }

    #[test]
    fn toward_what_lies_beyond_the_window() {
        let row = format!("s{}", ".".repeat(60));
        let wall = format!(".{}#", ".#".repeat(29) + ".");
        let map = map(&[&row, &wall, &row, &row]);
        let way = walk(&map, (0, 0), (60, 3));
        assert_eq!(way.last(), Some(&(60, 3)), "{way:?}");
    }
}

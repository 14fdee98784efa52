//! What a player may know: everything within a radius of its craft, with hysteresis, so that an entity on the rim
//! is not told and forgotten again and again.

mod grid;

pub(crate) use grid::Grid;

use glam::IVec2;
use shared::{map::Map, quantize::POSITION_PER_PX};

/// Ticks between two full looks around of one player; newborn entities are looked at at once.
pub(crate) const INTEREST_TICKS: u32 = 4;

/// The radii of interest, position units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Radius {
    enter: i64,
    leave: i64,
    covers_map: bool,
}

impl Radius {
    /// Entities enter at `px` and leave at a fifth more.
    pub(crate) fn new(px: u32, map: &Map) -> Self {
        let enter = i64::from(px) * i64::from(POSITION_PER_PX);
        let size = map.size();
        let diagonal_squared = i64::from(size.x).pow(2) + i64::from(size.y).pow(2);
        Self { enter, leave: enter * 6 / 5, covers_map: enter * enter >= diagonal_squared }
    }

    /// Whether everything on the map is always within it.
    pub(crate) fn covers_map(&self) -> bool {
        self.covers_map
    }

    /// Whether an entity not yet known becomes known.
    pub(crate) fn enters(&self, eye: IVec2, position: IVec2) -> bool {
        distance_squared(eye, position) <= self.enter * self.enter
    }

    /// Whether a known entity stays known.
    pub(crate) fn stays(&self, eye: IVec2, position: IVec2) -> bool {
        distance_squared(eye, position) <= self.leave * self.leave
    }

    /// The radius at which known entities are forgotten.
    pub(crate) fn leave(&self) -> i32 {
        self.leave.min(i32::MAX.into()) as i32
    }

    /// Closeness for priorities: 1 at the rim, up to 8 at the eye.
    pub(crate) fn closeness(&self, eye: IVec2, position: IVec2) -> u32 {
        let squared = distance_squared(eye, position);
        let rim = self.leave * self.leave + 1;
        1 + (7 * (rim - squared.min(rim)) / rim) as u32
    }
}

fn distance_squared(a: IVec2, b: IVec2) -> i64 {
    let (dx, dy) = (i64::from(a.x) - i64::from(b.x), i64::from(a.y) - i64::from(b.y));
    dx * dx + dy * dy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hysteresis_has_two_edges() {
        let map = Map::new("m".into(), 64, 100, 100, vec![false; 10_000], Vec::new());
        let radius = Radius::new(100, &map);
        let at = |px: i32| IVec2::new(px * POSITION_PER_PX, 0);
        assert!(radius.enters(IVec2::ZERO, at(100)) && !radius.enters(IVec2::ZERO, at(101)));
        assert!(radius.stays(IVec2::ZERO, at(120)) && !radius.stays(IVec2::ZERO, at(121)));
        assert!(!radius.covers_map() && Radius::new(9_100, &map).covers_map());
    }
}

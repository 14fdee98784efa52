//! Interest: a player knows every entity within a radius of its viewpoint. Hysteresis keeps an entity at the edge from being added and
//! removed again and again.

mod grid;

pub(crate) use grid::Grid;

use glam::IVec2;
use shared::quantize::POSITION_PER_PX;

/// Ticks between two full searches for one player; new entities are checked at once.
pub(crate) const INTEREST_TICKS: u32 = 4;

/// The radii of interest, position units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Radius {
    px: u32,
    enter: i64,
    leave: i64,
    covers_map: bool,
    /// Squared radii of the rings of closeness, the outermost first.
    rings: [i64; RINGS],
}

impl Radius {
    /// Entities become known at `px` and are forgotten at 1.2 times that distance. `size` is that of the map in position units, `None`
    /// for a map without an end.
    pub(crate) fn new(px: u32, size: Option<IVec2>) -> Self {
        let enter = i64::from(px) * i64::from(POSITION_PER_PX);
        let covers = |size: IVec2| enter * enter >= i64::from(size.x).pow(2) + i64::from(size.y).pow(2);
        let leave = enter * 6 / 5;
        let rim = leave.min(i64::from(SCREEN_PX) * i64::from(POSITION_PER_PX));
        let rings = std::array::from_fn(|ring| {
            let radius = rim * (RINGS - ring) as i64 / RINGS as i64;
            radius * radius
        });
        Self { px, enter, leave, covers_map: size.is_some_and(covers), rings }
    }

    /// The radius as configured, px.
    pub(crate) fn px(&self) -> u32 {
        self.px
    }

    /// True if the radius always covers the whole map.
    pub(crate) fn covers_map(&self) -> bool {
        self.covers_map
    }

    /// True if an unknown entity becomes known. `extent` is how far it reaches from its position, position units.
    pub(crate) fn enters(&self, eye: IVec2, position: IVec2, extent: i32) -> bool {
        is_nearer(eye, position, self.enter + i64::from(extent))
    }

    /// True if a known entity stays known.
    pub(crate) fn stays(&self, eye: IVec2, position: IVec2, extent: i32) -> bool {
        is_nearer(eye, position, self.leave + i64::from(extent))
    }

    /// Distance at which known entities are forgotten, position units.
    pub(crate) fn leave(&self) -> i32 {
        self.leave.min(i32::MAX.into()) as i32
    }

    /// Closeness for priorities: from 1 outside the screen to 8 at the viewpoint.
    #[inline]
    pub(crate) fn closeness(&self, eye: IVec2, position: IVec2) -> u32 {
        let squared = distance_squared(eye, position);
        1 + self.rings.iter().map(|&ring| u32::from(squared < ring)).sum::<u32>()
    }
}

/// Distance from the middle of a screen to its edge, px; all entities farther away have the same priority.
const SCREEN_PX: i32 = 1_000;
/// Number of rings of closeness.
const RINGS: usize = 7;

fn is_nearer(eye: IVec2, position: IVec2, reach: i64) -> bool {
    distance_squared(eye, position) <= reach * reach
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
        let size = Some(IVec2::splat(6_400 * POSITION_PER_PX));
        let radius = Radius::new(100, size);
        let at = |px: i32| IVec2::new(px * POSITION_PER_PX, 0);
        assert!(radius.enters(IVec2::ZERO, at(100), 0) && !radius.enters(IVec2::ZERO, at(101), 0));
        assert!(radius.stays(IVec2::ZERO, at(120), 0) && !radius.stays(IVec2::ZERO, at(121), 0));
        let extent = 30 * POSITION_PER_PX;
        assert!(radius.enters(IVec2::ZERO, at(130), extent) && !radius.enters(IVec2::ZERO, at(131), extent));
        assert!(radius.stays(IVec2::ZERO, at(150), extent) && !radius.stays(IVec2::ZERO, at(151), extent));
        assert!(!radius.covers_map() && Radius::new(9_100, size).covers_map());
        assert!(!Radius::new(u32::MAX, None).covers_map(), "a map without an end is never covered");
    }
}

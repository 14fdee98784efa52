//! The input of a game that is steered by one stick.

use glam::IVec2;

use crate::game::Input;

/// The position of a stick, in percent: the input of a game that needs only a direction. A page fills it from keys, touch
/// and gamepads. A game with buttons declares its own input, see [`Input`].
///
/// ```
/// use shared::game::{IVec2, Stick};
///
/// let stick = Stick { x: 100, y: 0 };
/// assert_eq!(stick.scaled(160), IVec2::new(160, 0));
/// // The diagonal is not faster.
/// assert_eq!(Stick { x: 100, y: -100 }.scaled(160), IVec2::new(112, -112));
/// // A bot can use this to go to a place.
/// assert_eq!(Stick::towards(IVec2::new(5_000, 0)), stick);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub struct Stick {
    /// To the right.
    #[input(max = FULL, missing = "repeat")]
    pub x: i8,
    /// Down.
    #[input(max = FULL, missing = "repeat")]
    pub y: i8,
}

/// A stick that is pushed fully.
const FULL: i32 = 100;

impl Stick {
    /// A vector in the direction of the stick. Its length is `length` if the stick is pushed fully, in any direction.
    #[must_use]
    pub fn scaled(self, length: i32) -> IVec2 {
        let pushed = IVec2::new(self.x.into(), self.y.into());
        let out = ceiling_of_root(pushed.length_squared()).max(FULL);
        pushed * length / out
    }

    /// A stick in the direction of `way`. It is pushed fully, or less if `way` is shorter than 100.
    #[must_use]
    pub fn towards(way: IVec2) -> Self {
        // This makes the vector short enough to be squared.
        let way = way.clamp(IVec2::splat(-30_000), IVec2::splat(30_000));
        let length = ceiling_of_root(way.length_squared()).max(FULL);
        let part = way * FULL / length;
        Self { x: part.x as i8, y: part.y as i8 }
    }
}

/// The square root, rounded up, so that a vector divided by it is never too long.
fn ceiling_of_root(square: i32) -> i32 {
    let root = square.isqrt();
    root + i32::from(root * root < square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_direction_is_faster_than_another() {
        for (x, y) in (-100..=100).flat_map(|x| (-100..=100).map(move |y| (x, y))) {
            let way = Stick { x, y }.scaled(160);
            assert!(way.length_squared() <= 160 * 160, "{x} {y} gives {way}");
        }
        assert_eq!(Stick { x: 0, y: -50 }.scaled(160), IVec2::new(0, -80));
    }

    #[test]
    fn way_becomes_its_direction() {
        for (way, stick) in
            [((0, 0), (0, 0)), ((30, -40), (30, -40)), ((0, 7_000), (0, 100)), ((i32::MAX, i32::MIN), (70, -70))]
        {
            assert_eq!(Stick::towards(way.into()), Stick { x: stick.0, y: stick.1 }, "{way:?}");
        }
    }
}

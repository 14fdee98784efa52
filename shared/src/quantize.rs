//! The units of the simulation: integers, so that every machine computes the same bits.
//!
//! | quantity | unit | reason |
//! |---|---|---|
//! | position | 1/16 px | finer than a screen shows, and a room of 4,096 px still fits 16 bits |
//! | velocity | 1/16 position unit per tick, 1/256 px | keeps slow drift smooth without a remainder to replicate |
//! | direction of aim in an input | 1/1024 turn | 0.35° is 12 px at a distance of 2,000 |
//! | shown aim | 1/256 turn | one byte, only drawn |
//! | heading | 1/64 turn, 0 = none | one byte of MessagePack, finer than a thumb |

use glam::{IVec2, Vec2};

/// Position units in a pixel.
pub const POSITION_PER_PX: i32 = 16;
/// Velocity units in a position unit per tick.
pub const VELOCITY_PER_POSITION: i32 = 16;

/// A position in units from one in pixels.
pub fn position_from_px(px: Vec2) -> IVec2 {
    (px * POSITION_PER_PX as f32).round().as_ivec2()
}

/// A position in pixels, for drawing and for people.
pub fn position_to_px(position: IVec2) -> Vec2 {
    position.as_vec2() / POSITION_PER_PX as f32
}

/// Whether two positions are at most `radius` apart. On most maps the square of a distance needs more than 32 bits.
#[inline]
pub fn is_within(one: IVec2, other: IVec2, radius: i32) -> bool {
    let (x, y, radius) = (i64::from(one.x - other.x), i64::from(one.y - other.y), i64::from(radius));
    x * x + y * y <= radius * radius
}

/// `value / divisor` rounded to the nearest, halves away from zero; `divisor` is positive.
///
/// Symmetric about zero, so that things move left exactly as they move right.
pub const fn div_round(value: i32, divisor: i32) -> i32 {
    let half = divisor / 2;
    if value >= 0 { (value + half) / divisor } else { -((-value + half) / divisor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_symmetric() {
        for value in -100..100 {
            assert_eq!(div_round(value, 16), -div_round(-value, 16));
        }
        assert_eq!(div_round(8, 16), 1);
        assert_eq!(div_round(7, 16), 0);
    }
}

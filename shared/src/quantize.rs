//! The units of the simulation. All are integers, so that every machine computes the same bits.
//!
//! | quantity | unit | reason |
//! |---|---|---|
//! | position | 1/16 px | finer than a screen shows, and a map of 4,096 px still fits 16 bits |
//! | velocity | 1/16 position unit per tick, 1/256 px | slow motion is smooth without a remainder to replicate |
//! | direction of aim in an input | 1/1024 turn | 0.35° is 12 px at a distance of 2,000 |
//! | shown aim | 1/256 turn | one byte, only drawn |
//! | heading | 1/64 turn, 0 = none | one byte of MessagePack, finer than a thumb |

use glam::{IVec2, Vec2};

/// Position units in a pixel.
pub const POSITION_PER_PX: i32 = 16;
/// Velocity units in a position unit per tick.
pub const VELOCITY_PER_POSITION: i32 = 16;

/// Converts a position from pixels to position units.
pub fn position_from_px(px: Vec2) -> IVec2 {
    (px * POSITION_PER_PX as f32).round().as_ivec2()
}

/// Converts a position from position units to pixels, for drawing and for display.
pub fn position_to_px(position: IVec2) -> Vec2 {
    position.as_vec2() / POSITION_PER_PX as f32
}

/// Returns true if two positions are at most `radius` apart. It computes with 64 bits, because on most maps the square of a distance
/// needs more than 32.
#[inline]
pub fn is_within(one: IVec2, other: IVec2, radius: i32) -> bool {
    let (x, y, radius) = (i64::from(one.x - other.x), i64::from(one.y - other.y), i64::from(radius));
    x * x + y * y <= radius * radius
}

/// `value / divisor` rounded to the nearest, halves away from zero; `divisor` is positive.
///
/// It is symmetric about zero, so that motion to the left equals motion to the right.
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

//! Numbers modulo `turn`, such as angles: the encoding holds the difference in the shorter direction.

use std::f64::consts::TAU;

use crate::wire::{DecodeError, Reader, Writer};

/// The difference from one value to another in the shorter direction, `−turn / 2` to `turn / 2 − 1`.
#[inline]
pub const fn short_way(from: i64, to: i64, turn: i64) -> i64 {
    (to - from + turn / 2).rem_euclid(turn) - turn / 2
}

/// The value `from` turned by `by`.
#[inline]
pub const fn turned(from: i64, by: i64, turn: i64) -> i64 {
    (from + by).rem_euclid(turn)
}

/// Writes the difference in the shorter direction.
#[inline]
pub fn encode(from: i64, to: i64, turn: i64, out: &mut Writer<'_>) {
    out.int(short_way(from, to, turn));
}

/// Reads what [`encode`] wrote. It also accepts a difference in the longer direction.
///
/// # Errors
/// A value outside of −`turn` / 2..`turn`, of another type, or cut off.
#[inline]
pub fn decode(name: &'static str, from: i64, turn: i64, input: &mut Reader<'_>) -> Result<i64, DecodeError> {
    Ok(turned(from, input.ranged(name, -turn / 2, turn - 1)?, turn))
}

/// The value nearest to an angle in radians; NaN counts as 0.
pub fn from_radians(radians: f64, turn: i64) -> i64 {
    let turns = (radians / TAU).rem_euclid(1.0);
    (turns * turn as f64).round() as i64 % turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radians_become_the_nearest_value() {
        for (radians, value) in [(0.0, 0), (TAU / 4.0, 256), (-TAU / 4.0, 768), (TAU, 0), (f64::NAN, 0)] {
            assert_eq!(from_radians(radians, 1_024), value, "{radians}");
        }
    }

    #[test]
    fn short_way_leads_from_any_value_to_any_other() {
        for turn in [2, 3, 7, 256] {
            for (from, to) in (0..turn).flat_map(|from| (0..turn).map(move |to| (from, to))) {
                let way = short_way(from, to, turn);
                assert!(way >= -turn / 2 && way <= turn / 2, "{way} of {turn}");
                assert_eq!(turned(from, way, turn), to);
            }
        }
    }
}

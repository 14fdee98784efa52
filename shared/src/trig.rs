//! Sine and cosine from a table, so that every machine computes the same bits.
//!
//! Angles are in 1/1024 turn, values in 1/16384: `sin(256) == 16384`.

use glam::IVec2;

/// Angles in a full turn.
pub const TURN: u16 = 1_024;

/// Scale of the values.
pub const ONE: i32 = 16_384;

/// Sine of `angle` (1/1024 turn), in 1/16384.
pub const fn sin(angle: u16) -> i32 {
    let angle = angle % TURN;
    let (quarter, step) = (angle / 256, (angle % 256) as usize);
    match quarter {
        0 => QUARTER[step] as i32,
        1 => QUARTER[256 - step] as i32,
        2 => -(QUARTER[step] as i32),
        _ => -(QUARTER[256 - step] as i32),
    }
}

/// Cosine of `angle` (1/1024 turn), in 1/16384.
pub const fn cos(angle: u16) -> i32 {
    sin(angle % TURN + 256)
}

/// The vector of `length` that points along `angle`, rounded to the nearest unit.
pub fn vector(angle: u16, length: i32) -> IVec2 {
    IVec2::new(scale(cos(angle), length), scale(sin(angle), length))
}

fn scale(unit: i32, length: i32) -> i32 {
    let product = i64::from(unit) * i64::from(length);
    let half = i64::from(ONE) / 2;
    let rounded = if product >= 0 { product + half } else { product - half };
    (rounded / i64::from(ONE)) as i32
}

/// The angle of `vector`, rounded to the nearest 1/1024 turn; 0 for the zero vector.
pub fn angle_of(vector: IVec2) -> u16 {
    if vector == IVec2::ZERO {
        return 0;
    }
    let (x, y) = (i64::from(vector.x), i64::from(vector.y));
    // Rotate the vector into the first quarter, find its angle there, and add the rotation.
    let (x, y, turned) = match (x >= 0, y >= 0) {
        (true, true) => (x, y, 0),
        (false, true) => (y, -x, 256),
        (false, false) => (-x, -y, 512),
        (true, false) => (-y, x, 768),
    };
    // The cross product: positive if the vector lies beyond the angle.
    let beyond = |angle: u16| y * i64::from(cos(angle)) - x * i64::from(sin(angle));
    let (mut low, mut high) = (0, 256);
    while high - low > 1 {
        let middle = (low + high) / 2;
        if beyond(middle) >= 0 { low = middle } else { high = middle }
    }
    let nearest = if -beyond(high) < beyond(low) { high } else { low };
    (nearest + turned) % TURN
}

/// round(16384 * sin(2 pi n / 1024)) for a quarter turn.
#[rustfmt::skip]
const QUARTER: [i16; 257] = [
    0, 101, 201, 302, 402, 503, 603, 704, 804, 904, 1005, 1105, 1205, 1306, 1406, 1506,
    1606, 1706, 1806, 1906, 2006, 2105, 2205, 2305, 2404, 2503, 2603, 2702, 2801, 2900, 2999, 3098,
    3196, 3295, 3393, 3492, 3590, 3688, 3786, 3883, 3981, 4078, 4176, 4273, 4370, 4467, 4563, 4660,
    4756, 4852, 4948, 5044, 5139, 5235, 5330, 5425, 5520, 5614, 5708, 5803, 5897, 5990, 6084, 6177,
    6270, 6363, 6455, 6547, 6639, 6731, 6823, 6914, 7005, 7096, 7186, 7276, 7366, 7456, 7545, 7635,
    7723, 7812, 7900, 7988, 8076, 8163, 8250, 8337, 8423, 8509, 8595, 8680, 8765, 8850, 8935, 9019,
    9102, 9186, 9269, 9352, 9434, 9516, 9598, 9679, 9760, 9841, 9921, 10001, 10080, 10159, 10238, 10316,
    10394, 10471, 10549, 10625, 10702, 10778, 10853, 10928, 11003, 11077, 11151, 11224, 11297, 11370, 11442, 11514,
    11585, 11656, 11727, 11797, 11866, 11935, 12004, 12072, 12140, 12207, 12274, 12340, 12406, 12472, 12537, 12601,
    12665, 12729, 12792, 12854, 12916, 12978, 13039, 13100, 13160, 13219, 13279, 13337, 13395, 13453, 13510, 13567,
    13623, 13678, 13733, 13788, 13842, 13896, 13949, 14001, 14053, 14104, 14155, 14206, 14256, 14305, 14354, 14402,
    14449, 14497, 14543, 14589, 14635, 14680, 14724, 14768, 14811, 14854, 14896, 14937, 14978, 15019, 15059, 15098,
    15137, 15175, 15213, 15250, 15286, 15322, 15357, 15392, 15426, 15460, 15493, 15525, 15557, 15588, 15619, 15649,
    15679, 15707, 15736, 15763, 15791, 15817, 15843, 15868, 15893, 15917, 15941, 15964, 15986, 16008, 16029, 16049,
    16069, 16088, 16107, 16125, 16143, 16160, 16176, 16192, 16207, 16221, 16235, 16248, 16261, 16273, 16284, 16295,
    16305, 16315, 16324, 16332, 16340, 16347, 16353, 16359, 16364, 16369, 16373, 16376, 16379, 16381, 16383, 16384,
    16384,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_the_rounded_sine() {
        for angle in 0..TURN {
            let exact = (std::f64::consts::TAU * f64::from(angle) / 1024.0).sin() * f64::from(ONE);
            assert_eq!(f64::from(sin(angle)), exact.round(), "angle {angle}");
        }
    }

    #[test]
    fn opposite_angles_give_opposite_vectors() {
        for angle in 0..512 {
            assert_eq!(vector(angle, 5_291), -vector(angle + 512, 5_291));
        }
    }

    #[test]
    fn angle_of_is_the_nearest_angle() {
        for x in (-9_000..9_000).step_by(371) {
            for y in (-9_000..9_000).step_by(373) {
                let exact = f64::from(y).atan2(f64::from(x)) / std::f64::consts::TAU * 1_024.0;
                let off = (f64::from(angle_of(IVec2::new(x, y))) - exact).rem_euclid(1_024.0);
                assert!(off.min(1_024.0 - off) < 0.51, "({x}, {y}) is off by {off}");
            }
        }
        assert_eq!(angle_of(IVec2::ZERO), 0);
        assert_eq!(angle_of(IVec2::MAX), 128);
        assert_eq!(angle_of(IVec2::MIN), 640);
    }

    #[test]
    fn angle_of_inverts_vector() {
        for angle in 0..TURN {
            assert_eq!(angle_of(vector(angle, 100_000)), angle);
        }
    }
}

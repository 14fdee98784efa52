//! Input of a player for one tick: a point that all its cells swim to, and two buttons.

use shared::{
    game::{IVec2, Input},
    quantize::POSITION_PER_PX,
    trig,
};

/// Input for one tick. The point is relative to the centre of the player's cells, which both ends know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
pub struct Wish {
    /// Direction of the point, 1/1024 turn, clockwise from the right.
    #[input(turn = 1_024, missing = "keep")]
    pub aim: u16,
    /// Distance of the point, in steps of [`REACH_PX`].
    #[input(missing = "repeat")]
    pub reach: u8,
    /// Every cell that is large enough splits.
    pub split: bool,
    /// Every cell that is large enough ejects a crumb.
    pub eject: bool,
}

impl Wish {
    /// The point relative to the centre of the cells, position units.
    pub fn point(&self) -> IVec2 {
        trig::vector(self.aim, i32::from(self.reach) * REACH_PX * POSITION_PER_PX)
    }

    /// The input that swims to a point, given relative to the centre of the cells, position units.
    pub fn to(point: IVec2) -> Self {
        let distance = (i64::from(point.x).pow(2) + i64::from(point.y).pow(2)).isqrt() as i32;
        let reach = (distance / (REACH_PX * POSITION_PER_PX)).min(u8::MAX.into()) as u8;
        Self { aim: trig::angle_of(point), reach, ..Self::default() }
    }
}

/// Px per step of [`Wish::reach`]: 255 steps reach beyond the edge of every screen.
pub const REACH_PX: i32 = 8;

//! Skill of a computer opponent: how often it looks, how well it aims, and from which distance it fights.

use shared::{TickRate, quantize::POSITION_PER_PX, rng::Rng};

/// Skill of an opponent. It is drawn once; a room has novices and veterans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Skill {
    /// 0..=100, from a beginner to a good player. The drawn values are 20..=95.
    pub(super) level: i32,
    /// Preferred distance in a fight, position units.
    pub(super) range: i32,
}

impl Skill {
    /// Draws a skill.
    pub(super) fn new(rng: &mut Rng) -> Self {
        // The sum of two random numbers: most are in the middle.
        let level = rng.between(10, 50) + rng.between(10, 45);
        Self { level, range: rng.between(170, 340) * POSITION_PER_PX }
    }

    /// Ticks between two looks around.
    pub(super) fn think_ticks(&self, rate: TickRate) -> u32 {
        rate.ticks_in_ms(self.scale(200, 110) as u32)
    }

    /// Ticks from first sight of an enemy to the first shot.
    pub(super) fn reaction_ticks(&self, rate: TickRate) -> u32 {
        rate.ticks_in_ms(self.scale(650, 240) as u32)
    }

    /// Largest error of the aim, 1/1024 turn: 14° to 3°.
    pub(super) fn aim_error(&self) -> i32 {
        self.scale(40, 9)
    }

    /// Largest turn of the gun per second, 1/1024 turn: half a turn to one and a half.
    pub(super) fn swing(&self) -> i32 {
        self.scale(512, 1_536)
    }

    /// Part of the target's motion that is taken into account when aiming ahead, percent.
    pub(super) fn lead(&self) -> i32 {
        self.scale(40, 100)
    }

    /// Probability of noticing an incoming shell in one look, percent.
    pub(super) fn alertness(&self) -> u32 {
        self.scale(15, 75) as u32
    }

    /// Interpolates between the values of a novice and of a veteran.
    fn scale(&self, novice: i32, veteran: i32) -> i32 {
        novice + (veteran - novice) * self.level / 100
    }
}

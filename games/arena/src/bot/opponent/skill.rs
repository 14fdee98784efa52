//! What makes one computer opponent another: how sharp it sees, how steady it aims, how near it dares to come.

use shared::{TickRate, quantize::POSITION_PER_PX, rng::Rng};

/// The character of an opponent. Drawn once; a room of them has novices and veterans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Skill {
    /// 0..=100: from a first evening to a good player. Nobody here is perfect.
    pub(super) level: i32,
    /// Distance it likes to fight at, position units.
    pub(super) range: i32,
}

impl Skill {
    /// A skill by chance.
    pub(super) fn new(rng: &mut Rng) -> Self {
        // The sum of two dice: most are in the middle.
        let level = rng.between(10, 50) + rng.between(10, 45);
        Self { level, range: rng.between(170, 340) * POSITION_PER_PX }
    }

    /// Ticks between two looks around.
    pub(super) fn think_ticks(&self, rate: TickRate) -> u32 {
        rate.ticks_in_ms(self.scale(200, 110) as u32)
    }

    /// Ticks from seeing somebody to the first shot.
    pub(super) fn reaction_ticks(&self, rate: TickRate) -> u32 {
        rate.ticks_in_ms(self.scale(650, 240) as u32)
    }

    /// Largest error of the aim, 1/1024 turn: 14° to 3°.
    pub(super) fn aim_error(&self) -> i32 {
        self.scale(40, 9)
    }

    /// Farthest the gun swings in a second, 1/1024 turn: half a turn to one and a half.
    pub(super) fn swing(&self) -> i32 {
        self.scale(512, 1_536)
    }

    /// Part of the target's flight it allows for when it leads, percent.
    pub(super) fn lead(&self) -> i32 {
        self.scale(40, 100)
    }

    /// How often it notices an incoming shell when it looks, percent.
    pub(super) fn alertness(&self) -> u32 {
        self.scale(15, 75) as u32
    }

    /// From the value of a novice to that of a veteran.
    fn scale(&self, novice: i32, veteran: i32) -> i32 {
        novice + (veteran - novice) * self.level / 100
    }
}

//! A running hash for whole states, the same on every machine.

use glam::IVec2;

/// FNV-1a over 64-bit words (Fowler, Noll, Vo).
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Digest {
    /// The digest of nothing.
    pub const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a word.
    pub const fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    }

    /// Adds a number with its sign.
    pub const fn int(&mut self, value: i32) {
        self.word(value as u32 as u64);
    }

    /// Adds a vector.
    pub const fn vector(&mut self, vector: IVec2) {
        self.int(vector.x);
        self.int(vector.y);
    }

    /// The number.
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

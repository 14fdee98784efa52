//! Reads decisions out of a fuzzer's bytes.

use arena::input::{AIM_TURN, Buttons, Heading, Input};

/// The bytes not read yet. When they are used up every decision is 0, so that every input has a meaning.
pub(crate) struct Choices<'a>(pub(crate) &'a [u8]);

impl<'a> Choices<'a> {
    /// True if there are decisions left.
    pub(crate) fn any_left(&self) -> bool {
        !self.0.is_empty()
    }

    /// One byte.
    pub(crate) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    /// Two bytes, the high one first.
    pub(crate) fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.byte(), self.byte()])
    }

    /// One of two.
    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// The next `length` bytes, or those that are left.
    pub(crate) fn bytes(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A random input.
    pub(crate) fn input(&mut self) -> Input {
        Input {
            heading: Heading::new(self.byte() % (Heading::DIRECTIONS + 1)).expect("the heading is within its range"),
            aim: self.word() % AIM_TURN,
            buttons: Buttons::new(self.byte() & Buttons::ALL).expect("the buttons are known ones"),
        }
    }
}

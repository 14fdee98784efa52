//! The input of a player for one tick. It holds intent and never a position, so that a cheating client cannot teleport.

use std::fmt::Debug;

use crate::{
    game::{draw::DrawnField, reflect::Reflected},
    wire::{DecodeError, Reader, Writer},
};

/// A player's input for a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlayerInput<I> {
    /// The input itself.
    pub input: I,
    /// Age of the other entities on the player's screen when it made the input, in quarters of a tick before this input's tick. The
    /// server bounds it by its own measurements. 0 for computer opponents, which see the newest tick.
    pub view_age: u8,
}

/// The input of a player for one tick, small and `Copy`: buttons and directions, never a position. `Default` is the input that presses
/// nothing. Use `#[derive(Input)]`, which implements all methods; its page documents the attributes.
///
/// ```
/// use shared::game::Input;
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
/// struct Steering {
///     /// Kept for a few ticks when an input is missing.
///     #[input(max = 8, missing = "repeat")]
///     direction: u8,
///     /// A full turn has 1,024 units; stays where it is when an input is missing.
///     #[input(turn = 1_024, missing = "keep")]
///     aim: u16,
///     /// Not pressed when an input is missing.
///     fire: bool,
/// }
/// ```
pub trait Input: Copy + Eq + Default + Debug + Send + Sync + 'static {
    /// Number of MessagePack values of one input in a message.
    const VALUES: usize;

    /// Writes the input. `before` is the input that was written before it in the same message, `Default` for the first.
    fn encode(&self, before: &Self, out: &mut Writer<'_>);

    /// Reads what [`Input::encode`] wrote with the same `before`.
    ///
    /// # Errors
    /// A value outside its range, a truncated message.
    fn decode(before: &Self, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The input that [`Game::step`](crate::game::Game::step) gets in place of one that has not arrived in time. `self` is the last input
    /// that arrived, and `missing` the number of ticks since its tick, from 1 on.
    #[must_use]
    fn repeated(&self, missing: u32) -> Self;

    /// A mask of the fields that differ from `before`: bit `i` is field `i`. Seven fields at most.
    fn changes(&self, before: &Self) -> u8;

    /// Writes the fields of a mask in full.
    fn encode_changes(&self, mask: u8, out: &mut Writer<'_>);

    /// Reads what [`Input::encode_changes`] wrote into `self`, the last input.
    ///
    /// # Errors
    /// A mask with unknown bits, a value outside its range, a truncated message.
    fn decode_changes(&mut self, mask: u8, input: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// The rotation of the first field with `turn`, if only that field differs from `before`, and by −64..=63. A recording stores such a
    /// change in one byte. `None` if no field has `turn`.
    fn turned(&self, before: &Self) -> Option<i8>;

    /// Rotates the first field with `turn`.
    fn turn(&mut self, by: i8);

    /// Appends the names of the numbers that [`Input::from_numbers`] reads: the names of the fields.
    fn number_names(names: &mut Vec<String>);

    /// The input nearest to the numbers of a page. An angle (`turn`) is in radians, clockwise from the right. A number that is missing, or
    /// NaN, counts as 0.
    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self;

    /// The fields from which the numbers are made.
    fn drawn() -> Vec<DrawnField>;

    /// The fields with their names.
    fn reflect(&self) -> Reflected;
}

//! What a player wants for one tick. Only intent travels, never position, so there is nothing to teleport with.

use std::fmt::Debug;

use crate::{
    game::{draw::DrawnField, reflect::Reflected},
    wire::{DecodeError, Reader, Writer},
};

/// A player's input for a tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PlayerInput<I> {
    /// What it wants.
    pub input: I,
    /// How old the picture of the other entities was that the player saw when it pressed, in quarters of a tick before the tick of this
    /// input. The server bounds it by what it has measured. 0 for computer opponents, which see the newest tick.
    pub view_age: u8,
}

/// What a player wants for one tick, small and `Copy`: buttons and directions, never a position. `Default` is the input that presses
/// nothing. Use `#[derive(Input)]`, which writes all methods; its page says what the attributes mean.
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
///     /// Nobody presses a button by losing a packet.
///     fire: bool,
/// }
/// ```
pub trait Input: Copy + Eq + Default + Debug + Send + Sync + 'static {
    /// MessagePack values of one input in a message.
    const VALUES: usize;

    /// Writes the input behind `before`, the one written just before in the same message, `Default` for the first.
    fn encode(&self, before: &Self, out: &mut Writer<'_>);

    /// Reads what [`Input::encode`] wrote behind the same one.
    ///
    /// # Errors
    /// Values outside their ranges, a truncated message.
    fn decode(before: &Self, input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The input that [`Game::step`](crate::game::Game::step) gets in place of one that has not arrived in time, where `self` is the last
    /// one that did. `missing` is the number of ticks since that one, from 1.
    #[must_use]
    fn repeated(&self, missing: u32) -> Self;

    /// Bit `i`: field `i` is another than before. Seven fields at most.
    fn changes(&self, before: &Self) -> u8;

    /// Writes the fields of a mask, whole.
    fn encode_changes(&self, mask: u8, out: &mut Writer<'_>);

    /// Reads what [`Input::encode_changes`] wrote into `self`, the input before.
    ///
    /// # Errors
    /// A mask with bits no field has, values outside their ranges, a truncated message.
    fn decode_changes(&mut self, mask: u8, input: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// How far the first field with `turn` moved, if nothing else is another than `before` and it moved by −64..=63: a recording keeps such
    /// in one byte. `None` where no field turns.
    fn turned(&self, before: &Self) -> Option<i8>;

    /// Turns that field.
    fn turn(&mut self, by: i8);

    /// Appends what the numbers are called that [`Input::from_numbers`] wants: the fields' names.
    fn number_names(names: &mut Vec<String>);

    /// The input nearest to what a page hands in, an angle (`turn`) in radians clockwise from the right; what is no number, or missing,
    /// counts as 0.
    fn from_numbers(numbers: &mut impl Iterator<Item = f64>) -> Self;

    /// The fields that the numbers are of.
    fn drawn() -> Vec<DrawnField>;

    /// The fields with their names.
    fn reflect(&self) -> Reflected;
}

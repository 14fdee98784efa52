//! What a game says beside its entities: events, each player's own record, the map, the numbers of the rules.

use std::fmt::Debug;

use crate::wire::{DecodeError, Reader, Writer};

/// A value of a game inside a message of the engine. `#[derive(Record)]` writes it for structs and enums of fields; whoever prefers
/// serde, or has lists and text, derives it with `#[record(serde)]`.
///
/// ```
/// use shared::{PlayerId, game::Record};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
/// enum Event {
///     Scored { player: PlayerId, points: u16 },
///     GameOver,
/// }
/// ```
pub trait Record: Sized + Clone + PartialEq + Debug + Send + Sync + 'static {
    /// Appends the record.
    fn encode(&self, out: &mut Writer<'_>);

    /// Reads what [`Record::encode`] wrote.
    ///
    /// # Errors
    /// Unknown variants, values outside their ranges, a truncated message.
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// What only its own player knows: stocks, and timers that run by themselves. Sent when it does not do what the client
/// expects.
pub trait Own: Record + Copy + Eq + Default {
    /// One tick in which nothing happens: timers run. Both ends call it.
    fn step(&mut self) {}
}

impl Record for () {
    fn encode(&self, _: &mut Writer<'_>) {}

    fn decode(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl Own for () {}

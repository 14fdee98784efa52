//! What a game says beside its entities: events, each player's own record, the map, the numbers of the rules.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    game::reflect::{Reflected, Shape},
    wire::{DecodeError, Reader, Writer},
};

/// A value of a game inside a message of the engine. `#[derive(Record)]` implements it for structs and enums of fields; with
/// `#[record(serde)]`, for anything that serde knows, as lists and text.
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

    /// What its values are made of.
    fn shape() -> Shape;

    /// The value with the names of its parts; one of an enum begins with its `kind`.
    fn reflect(&self) -> Reflected;
}

/// What only its own player knows: ammunition, and timers that run by themselves. It is sent when running it forward by [`Own::step`]
/// does not give the server's value, so a timer costs nothing while it runs.
///
/// ```
/// use shared::game::{Own, Record};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
/// #[record(sparse)]
/// struct Bow {
///     arrows: u8,
///     /// Ticks until it shoots again.
///     rest_ticks: u8,
/// }
///
/// impl Own for Bow {
///     fn step(&mut self) {
///         self.rest_ticks = self.rest_ticks.saturating_sub(1);
///     }
/// }
/// #
/// # let mut bow = Bow { arrows: 3, rest_ticks: 1 };
/// # bow.step();
/// # assert_eq!(bow, Bow { arrows: 3, rest_ticks: 0 });
/// ```
pub trait Own: Record + Copy + Eq + Default {
    /// One tick in which nothing happens: timers run, nothing else. A client calls it at the beginning of each tick that it predicts or
    /// runs forward; on the server [`Game::step`](crate::game::Game::step) has to, before the player's input takes effect.
    fn step(&mut self) {}
}

impl Record for () {
    fn encode(&self, _: &mut Writer<'_>) {}

    fn decode(_: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(())
    }

    fn shape() -> Shape {
        Shape::Nothing
    }

    fn reflect(&self) -> Reflected {
        Reflected::Nothing
    }
}

impl Own for () {}

/// Writes a record as one value through serde.
#[doc(hidden)]
pub fn encode_serde<T: Serialize + Debug>(record: &T, out: &mut Writer<'_>) {
    write_serde(record, out, rmp_serde::encode::write);
}

/// The same with the names of fields, so that it is read again when there are more of them; [`decode_serde`] reads both.
#[doc(hidden)]
pub fn encode_serde_named<T: Serialize + Debug>(record: &T, out: &mut Writer<'_>) {
    write_serde(record, out, rmp_serde::encode::write_named);
}

fn write_serde<T: Serialize + Debug>(
    record: &T,
    out: &mut Writer<'_>,
    write: impl FnOnce(&mut Vec<u8>, &T) -> Result<(), rmp_serde::encode::Error>,
) {
    out.value(|bytes| {
        // Into memory; only a `Serialize` of the game's own can fail, and then every time.
        let start = bytes.len();
        write(bytes, record).expect("the record's own Serialize does not fail");
        debug_assert!(
            Reader::new(&bytes[start..]).value("a record").is_ok(),
            "nested deeper than messages may be, so nobody reads it: {record:?}"
        );
    });
}

/// Reads what [`encode_serde`] wrote. The value is walked before, so that depth and lengths are bounded by the bytes that are there.
#[doc(hidden)]
pub fn decode_serde<T: DeserializeOwned>(name: &'static str, input: &mut Reader<'_>) -> Result<T, DecodeError> {
    let value = input.value(name)?;
    rmp_serde::from_slice(value).map_err(|_| DecodeError::WrongType { field: name, expected: "as its type says" })
}

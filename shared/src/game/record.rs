//! Records: the values that a game sends apart from its entities, such as events and each player's own record.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    game::reflect::{Reflected, Shape},
    wire::{DecodeError, Reader, Writer, read_value},
};

/// A value of a game inside a message of the engine. `#[derive(Record)]` implements it for structs and enums of fields; with
/// `#[record(serde)]` for every type that serde can write, such as lists and text.
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
    /// An unknown variant, a value outside its range, a truncated message.
    fn decode(input: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The shape of the type's values.
    fn shape() -> Shape;

    /// The value with the names of its parts; a value of an enum begins with its `kind`.
    fn reflect(&self) -> Reflected;
}

/// The own record: values that only their player knows, such as ammunition, and timers that run by themselves. It is sent only when
/// [`Own::step`] does not give the server's value, so a running timer costs nothing.
///
/// ```
/// use shared::game::{Own, Record};
///
/// #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
/// #[record(sparse)]
/// struct Bow {
///     arrows: u8,
///     /// Ticks until it can shoot again.
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
    /// Runs the timers for one tick, and nothing else. A client calls it at the beginning of each tick that it predicts or runs
    /// forward. On the server [`Game::step`](crate::game::Game::step) must call it before the player's input takes effect.
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

/// Writes a record with the names of its fields, so that it can be read after fields are added. [`decode_serde`] reads both forms.
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
        // Writing to memory cannot fail; only the game's own `Serialize` could, and it would fail every time.
        let start = bytes.len();
        write(bytes, record).expect("the record's own Serialize does not fail");
        debug_assert!(
            read_value(&mut Reader::new(&bytes[start..]), "a record").is_ok(),
            "nested deeper than a message may be, so receivers refuse it: {record:?}"
        );
    });
}

/// Reads what [`encode_serde`] wrote. The value is checked before, so that its depth and its lengths are bounded.
#[doc(hidden)]
pub fn decode_serde<T: DeserializeOwned>(name: &'static str, input: &mut Reader<'_>) -> Result<T, DecodeError> {
    let value = read_value(input, name)?;
    rmp_serde::from_slice(value).map_err(|_| DecodeError::WrongType { field: name, expected: "as its type says" })
}

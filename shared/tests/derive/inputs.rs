//! Inputs that differ from the arena's: signed numbers, odd turns, defaults that are not zero.

use shared::{
    game::{Field, IVec2, Input},
    limits::INPUT_REPEAT_TICKS,
    wire::{DecodeError, Reader},
};

use crate::{by_serde, encoded};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Input)]
struct Stick {
    #[input(max = 100, missing = "repeat")]
    push: IVec2,
    #[input(turn = 7, missing = "keep")]
    notch: i8,
    gear: Gear,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
enum Gear {
    Reverse,
    Neutral,
}

/// An input whose default is not zero.
impl Default for Stick {
    fn default() -> Self {
        Self { push: IVec2::ZERO, notch: 0, gear: Gear::Neutral }
    }
}

const STICK: Stick = Stick { push: IVec2::new(-100, 7), notch: 6, gear: Gear::Reverse };

#[test]
fn each_input_is_written_behind_the_one_before() {
    assert_eq!(Stick::VALUES, 4);
    let bytes = encoded(|out| STICK.encode(&Stick { notch: 1, ..STICK }, out));
    assert_eq!(bytes, by_serde(&[-100, 7, -2, 0])[1..]);
    assert_eq!(Stick::decode(&Stick { notch: 1, ..STICK }, &mut Reader::new(&bytes)), Ok(STICK));
}

#[test]
fn what_is_missing_counts_as_each_field_says() {
    assert_eq!(STICK.repeated(INPUT_REPEAT_TICKS), Stick { gear: Gear::Neutral, ..STICK });
    assert_eq!(STICK.repeated(INPUT_REPEAT_TICKS + 1), Stick { notch: 6, ..Stick::default() });
}

#[test]
fn bounds_hold_on_both_sides_of_their_edge() {
    let read = |values: [i64; 4]| Stick::decode(&Stick::default(), &mut Reader::new(&by_serde(&values)[1..]));
    assert_eq!(read([100, -100, -3, 1]).map(|stick| stick.notch), Ok(4));
    assert_eq!(read([0, 0, 6, 1]).map(|stick| stick.notch), Ok(6));
    let refused = |field, value, low, high| Err(DecodeError::OutOfRange { field, value, low, high });
    assert_eq!(read([101, 0, 0, 0]), refused("push", 101, -100, 100));
    assert_eq!(read([0, 0, 7, 0]), refused("notch", 7, -3, 6));
    assert_eq!(read([0, 0, -4, 0]), refused("notch", -4, -3, 6));
    assert_eq!(read([0, 0, 0, 2]), refused("gear", 2, 0, 1));
}

#[test]
fn masks_with_bits_of_no_field_are_refused() {
    let mut stick = STICK;
    assert_eq!(stick.decode_changes(8, &mut Reader::new(&[1])), Err(DecodeError::UnknownOperation { operation: 8 }));
    assert_eq!(stick.decode_changes(2, &mut Reader::new(&[5])), Ok(()));
    assert_eq!(stick, Stick { notch: 5, ..STICK });
    let too_far = DecodeError::OutOfRange { field: "notch", value: 7, low: 0, high: 6 };
    assert_eq!(stick.decode_changes(2, &mut Reader::new(&[7])), Err(too_far));
}

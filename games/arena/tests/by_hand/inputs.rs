//! Inputs in messages and in recordings.

use arena::input::{AIM_TURN, Buttons, Heading, Input};
use proptest::{collection::vec, prelude::*};
use shared::{
    game::{self, Field, Input as _},
    limits::{INPUT_REPEAT_TICKS, INPUTS_PER_MESSAGE_MAX},
    wire::{DecodeError, Reader, Writer},
};

use crate::{assert_same, encoded, spoil, spoils};

fn encode_by_hand(input: &Input, before: &Input, out: &mut Writer<'_>) {
    let Input { heading, aim, buttons } = *input;
    out.int(heading.value());
    let turn = AIM_TURN as i16;
    out.int((aim as i16 - before.aim as i16 + turn / 2).rem_euclid(turn) - turn / 2);
    out.int(buttons.value());
}

fn decode_by_hand(before: &Input, input: &mut Reader<'_>) -> Result<Input, DecodeError> {
    let heading = Heading::decode("heading", input)?;
    let delta = input.ranged("aim", -512, 1_023)?;
    let aim = (i64::from(before.aim) + delta).rem_euclid(AIM_TURN.into()) as u16;
    let buttons = Buttons::decode("buttons", input)?;
    Ok(Input { heading, aim, buttons })
}

fn steering() -> impl Strategy<Value = Input> {
    (0..=Heading::DIRECTIONS, 0..AIM_TURN, 0..=Buttons::ALL).prop_map(|(heading, aim, buttons)| Input {
        heading: Heading::new(heading).expect("in range"),
        aim,
        buttons: Buttons::new(buttons).expect("in range"),
    })
}

type Decode = fn(&Input, &mut Reader<'_>) -> Result<Input, DecodeError>;

fn read(bytes: &[u8], count: usize, decode: Decode) -> Result<Vec<Input>, DecodeError> {
    let mut reader = Reader::new(bytes);
    let mut before = Input::default();
    let mut inputs = Vec::new();
    for _ in 0..count {
        before = decode(&before, &mut reader)?;
        inputs.push(before);
    }
    reader.finish()?;
    Ok(inputs)
}

fn write(inputs: &[Input], encode: impl Fn(&Input, &Input, &mut Writer<'_>)) -> Vec<u8> {
    encoded(|out| {
        let mut before = Input::default();
        for input in inputs {
            encode(input, &before, out);
            before = *input;
        }
    })
}

#[test]
fn an_input_is_three_values() {
    assert_eq!(<Input as game::Input>::VALUES, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn inputs_of_a_message_are_the_same(
        inputs in vec(steering(), 1..=INPUTS_PER_MESSAGE_MAX), spoils in spoils(),
    ) {
        let mut bytes = write(&inputs, game::Input::encode);
        prop_assert_eq!(&bytes, &write(&inputs, encode_by_hand));
        prop_assert_eq!(read(&bytes, inputs.len(), game::Input::decode), Ok(inputs.clone()));
        spoil(&mut bytes, &spoils);
        let by_hand = read(&bytes, inputs.len(), decode_by_hand);
        assert_same(read(&bytes, inputs.len(), game::Input::decode), by_hand, true);
    }

    #[test]
    fn missing_inputs_are_repeated_as_the_arena_does(last in steering()) {
        let drifting = Input { aim: last.aim, ..Input::default() };
        for missing in 1..=INPUT_REPEAT_TICKS {
            prop_assert_eq!(last.repeated(missing), Input { heading: last.heading, ..drifting });
        }
        prop_assert_eq!(last.repeated(INPUT_REPEAT_TICKS + 1), drifting);
        prop_assert_eq!(last.repeated(u32::MAX), drifting);
    }

    #[test]
    fn changes_turn_one_input_into_another(before in steering(), after in steering(), bytes in vec(any::<u8>(), 0..8), mask: u8) {
        let changes = after.changes(&before);
        let written = encoded(|out| after.encode_changes(changes, out));
        let mut read = before;
        let mut reader = Reader::new(&written);
        prop_assert_eq!(read.decode_changes(changes, &mut reader), Ok(()));
        prop_assert_eq!(reader.finish(), Ok(()));
        prop_assert_eq!(read, after);
        // Every decoded value is a valid input.
        if read.decode_changes(mask, &mut Reader::new(&bytes)).is_ok() {
            prop_assert!(mask < 8);
            prop_assert!(read.aim < AIM_TURN);
        }
    }

    #[test]
    fn small_turns_are_said_in_seven_bits(before in steering(), after in steering(), by: i8) {
        let mut turned = before;
        turned.turn(by);
        prop_assert_eq!(turned.turned(&before), Some(by).filter(|by| (-64..64).contains(by)));
        prop_assert_eq!(Input { aim: before.aim, ..turned }, before);
        if let Some(by) = after.turned(&before) {
            let mut turned = before;
            turned.turn(by);
            prop_assert_eq!(turned, after);
        }
    }
}

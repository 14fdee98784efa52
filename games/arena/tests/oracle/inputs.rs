//! Inputs, as a message carries them and as a recording does.

use arena::input::{self, AIM_TURN, Buttons};
use proptest::{collection::vec, prelude::*};
use shared::{
    Tick,
    game::{Field, Input},
    limits::{INPUT_REPEAT_TICKS, INPUTS_PER_MESSAGE_MAX},
    wire::{Ack, ClientMessage, DecodeError, InputMessage, Reader},
};

use crate::{assert_same, encoded, look_alikes::Heading, spoil, spoils};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
struct Steering {
    #[input(missing = "repeat")]
    heading: Heading,
    #[input(turn = AIM_TURN, missing = "keep")]
    aim: u16,
    buttons: Pressed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
#[field(max = Buttons::ALL)]
struct Pressed(u8);

impl From<Steering> for input::Input {
    fn from(Steering { heading, aim, buttons }: Steering) -> Self {
        let heading = input::Heading::new(heading.0).expect("in range");
        Self { heading, aim, buttons: Buttons::new(buttons.0).expect("in range") }
    }
}

fn steering() -> impl Strategy<Value = Steering> {
    (0..=64u8, 0..AIM_TURN, 0..=Buttons::ALL).prop_map(|(heading, aim, buttons)| Steering {
        heading: Heading(heading),
        aim,
        buttons: Pressed(buttons),
    })
}

/// `[1, newest, ack, missing, view_age, …]`, all of which are one byte here.
const HEAD_BYTES: usize = 5;

fn message(inputs: &[Steering]) -> Vec<u8> {
    let inputs = inputs.iter().map(|&input| input::Input::from(input));
    InputMessage::new(Tick(100), Ack::default(), 0, inputs).encoded()
}

/// Where the inputs begin in a message: behind the array's head, which is longer for more than three inputs.
fn body(bytes: &[u8]) -> usize {
    HEAD_BYTES + if bytes[0] == 0xdc { 3 } else { 1 }
}

fn read(bytes: &[u8], count: usize) -> Result<Vec<input::Input>, DecodeError> {
    let mut reader = Reader::new(bytes);
    let mut before = Steering::default();
    let mut inputs = Vec::new();
    for _ in 0..count {
        before = Steering::decode(&before, &mut reader)?;
        inputs.push(before.into());
    }
    reader.finish()?;
    Ok(inputs)
}

fn read_by_hand(bytes: &[u8]) -> Result<Vec<input::Input>, DecodeError> {
    match ClientMessage::decode(bytes)? {
        ClientMessage::Input(message) => Ok(message.decode::<input::Input>()?.iter().map(|(_, input)| input).collect()),
        other => panic!("no inputs: {other:?}"),
    }
}

#[test]
fn an_input_is_three_values() {
    assert_eq!(Steering::VALUES, 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn inputs_of_a_message_are_the_same(
        inputs in vec(steering(), 1..=INPUTS_PER_MESSAGE_MAX), spoils in spoils(),
    ) {
        let message = message(&inputs);
        let body = body(&message);
        let bytes = encoded(|out| {
            let mut before = Steering::default();
            for input in &inputs {
                input.encode(&before, out);
                before = *input;
            }
        });
        prop_assert_eq!(&bytes, &message[body..]);
        prop_assert_eq!(read(&bytes, inputs.len()), read_by_hand(&message));
        let mut spoiled = bytes;
        spoil(&mut spoiled, &spoils);
        let spoiled_message = [&message[..body], &spoiled].concat();
        assert_same(read(&spoiled, inputs.len()), read_by_hand(&spoiled_message), true);
    }

    #[test]
    fn missing_inputs_are_repeated_as_the_arena_does(last in steering()) {
        let drifting = Steering { heading: Heading(0), aim: last.aim, buttons: Pressed(0) };
        for missing in 1..=INPUT_REPEAT_TICKS {
            prop_assert_eq!(last.repeated(missing), Steering { heading: last.heading, ..drifting });
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
        // Whatever is read is an input of the arena's.
        if read.decode_changes(mask, &mut Reader::new(&bytes)).is_ok() {
            prop_assert!(mask < 8);
            prop_assert!(input::Input::from(read).aim < AIM_TURN);
        }
    }

    #[test]
    fn small_turns_are_said_in_seven_bits(before in steering(), after in steering(), by: i8) {
        let mut turned = before;
        turned.turn(by);
        prop_assert_eq!(turned.turned(&before), Some(by).filter(|by| (-64..64).contains(by)));
        prop_assert_eq!(Steering { aim: before.aim, ..turned }, before);
        if let Some(by) = after.turned(&before) {
            let mut turned = before;
            turned.turn(by);
            prop_assert_eq!(turned, after);
        }
    }
}

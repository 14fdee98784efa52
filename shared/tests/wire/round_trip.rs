//! What is written is read back.

use proptest::prelude::*;
use shared::{
    Tick,
    input::Input,
    limits::INPUTS_PER_MESSAGE_MAX,
    wire::{Ack, ClientMessage, InputMessage, ServerMessage},
};

use crate::samples::{client_message, client_samples, input, server_bytes, server_message, server_samples};

#[test]
fn every_sample_is_read_back() {
    for message in client_samples() {
        assert_eq!(ClientMessage::decode(&message.bytes()), Ok(message.borrow()));
    }
    for message in server_samples() {
        assert_eq!(ServerMessage::decode(&server_bytes(&message)), Ok(message));
    }
}

#[test]
fn an_idle_input_message_is_small() {
    let inputs = [Input::default(); 3];
    let mut bytes = Vec::new();
    let ack = Ack { newest: Tick(100_000), missing: 0 };
    ClientMessage::Input(InputMessage::new(Tick(100_005), ack, 8, inputs)).encode(&mut bytes);
    assert_eq!(bytes.len(), 1 + 1 + 5 + 5 + 1 + 1 + 9);
}

#[test]
fn an_acknowledgement_says_what_it_knows() {
    let ack = Ack { newest: Tick(100), missing: 0b10 };
    assert_eq!(ack.covers(Tick(101)), None);
    assert_eq!(ack.covers(Tick(100)), Some(true));
    assert_eq!(ack.covers(Tick(99)), Some(true));
    assert_eq!(ack.covers(Tick(98)), Some(false));
    assert_eq!(ack.covers(Tick(68)), Some(true), "the last bit of the mask");
    assert_eq!(ack.covers(Tick(67)), Some(false), "behind the mask");
}

proptest! {
    #[test]
    fn client_messages_are_read_back(message in client_message()) {
        let bytes = message.bytes();
        prop_assert_eq!(ClientMessage::decode(&bytes), Ok(message.borrow()));
    }

    #[test]
    fn server_messages_are_read_back(message in server_message()) {
        prop_assert_eq!(ServerMessage::decode(&server_bytes(&message)), Ok(message));
    }

    #[test]
    fn inputs_beyond_the_limit_are_cut_off(inputs in prop::collection::vec(input(), 0..=12), newest in 100u32..) {
        let message = InputMessage::new(Tick(newest), Ack::default(), 0, inputs.iter().copied());
        let expected: Vec<_> = match &*inputs {
            [] => vec![(Tick(newest), Input::default())],
            some => (0..).map(|age| Tick(newest - age)).zip(some.iter().copied()).take(INPUTS_PER_MESSAGE_MAX).collect(),
        };
        prop_assert_eq!(message.iter().collect::<Vec<_>>(), expected);
    }
}

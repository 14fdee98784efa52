//! Encoded values decode to the same values.

use arena::{event::Event, input::Input, rules::Terrain};
use proptest::prelude::*;
use shared::{
    Tick,
    limits::INPUTS_PER_MESSAGE_MAX,
    wire::{Ack, ClientMessage, GameEvents, InputBytes, InputMessage, MapMessage, ServerMessage},
};

use crate::{
    read::rate,
    samples::{
        client_message, client_samples, event, input, input_message, server_bytes, server_message, server_samples,
        terrain,
    },
};

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
    let ack = Ack { newest: Tick(100_000), missing: 0 };
    let bytes = InputMessage::new(Tick(100_005), ack, 8, inputs).encoded();
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
    fn inputs_are_read_back(message in input_message()) {
        prop_assert_eq!(InputBytes::new(&message.encoded()).decode::<Input>(), Ok(message));
    }

    #[test]
    fn events_of_the_game_are_read_back(events in prop::collection::vec(event(), 0..20)) {
        let bytes = server_bytes(&ServerMessage::GameEvents(GameEvents::new(Tick(7), &events)));
        let Ok(ServerMessage::GameEvents(read)) = ServerMessage::decode(&bytes) else { panic!("{bytes:?}") };
        prop_assert_eq!((read.tick, read.len()), (Tick(7), events.len()));
        prop_assert_eq!(read.decode::<Event>(), Ok(events));
    }

    #[test]
    fn maps_are_read_back(terrain in terrain()) {
        let bytes = server_bytes(&ServerMessage::Map(MapMessage::new(3, Tick(7), &terrain)));
        let Ok(ServerMessage::Map(read)) = ServerMessage::decode(&bytes) else { panic!("{bytes:?}") };
        prop_assert_eq!((read.epoch, read.first_tick), (3, Tick(7)));
        let read: Terrain = read.map(rate()).expect("the map is read back");
        prop_assert_eq!(&read.map, &terrain.map);
        prop_assert_eq!(read.rules.motion, terrain.rules.motion);
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

//! A view that a real room has filled is then fed any messages: it refuses or applies them, and never panics.
//!
//! The bytes are the number of real snapshots to apply first, and then messages, each behind its length in two bytes.

use arena::rules::World;
use client::view::View;
use shared::{limits::DATAGRAM_BYTES_MAX, wire::ServerMessage};

use super::{choices::Choices, small_room};

/// Entity ids are 16 bits wide.
const ENTITIES_MAX: usize = 1 << 16;

/// `data` is a number and messages.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let mut view = View::new();
    for message in small_room::recorded().iter().take(2 + usize::from(choices.byte())) {
        show(&mut view, message);
    }
    while choices.any_left() {
        let length = usize::from(choices.word()) % (DATAGRAM_BYTES_MAX + 1);
        show(&mut view, choices.bytes(length));
        assert!(view.len() <= ENTITIES_MAX);
    }
    let soon = view.tick().plus(20);
    for id in view.entities().map(|(id, _)| id).take(64).collect::<Vec<_>>() {
        view.extrapolated(id, soon);
    }
}

fn show(view: &mut View<World>, message: &[u8]) {
    let before = view.tick();
    match ServerMessage::decode(message) {
        Ok(ServerMessage::Welcome(welcome)) => view.set_welcome(&welcome),
        Ok(ServerMessage::Map(map)) => drop(view.set_map(&map)),
        Ok(ServerMessage::Restart { epoch, first_tick }) => view.restart(epoch, first_tick),
        Ok(ServerMessage::Snapshot | ServerMessage::PlainSnapshot) => match view.apply(message) {
            Ok(applied) => assert!(view.tick() == applied.header.tick && view.tick() > before),
            // After a message that ends too early a client starts with an empty view.
            Err(client::view::ApplyError::Decode(_)) => view.forget(),
            Err(_) => assert_eq!(view.tick(), before),
        },
        _ => {}
    }
}

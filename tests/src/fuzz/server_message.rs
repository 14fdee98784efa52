//! Any server message is decoded or refused, and a decoded message encodes to bytes with the same meaning.

use arena::{event::Event, rules::Terrain};
use shared::{
    TickRate,
    wire::{GameEvents, MapMessage, ServerMessage},
};

/// `data` is one message.
pub fn run(data: &[u8]) {
    let Ok(message) = ServerMessage::decode(data) else { return };
    if matches!(message, ServerMessage::Snapshot | ServerMessage::PlainSnapshot) {
        // The target `snapshot` reads their content with a view.
        return;
    }
    let mut bytes = Vec::new();
    message.encode(&mut bytes);
    assert_eq!(ServerMessage::decode(&bytes), Ok(message.clone()));
    match message {
        ServerMessage::GameEvents(read) => game_events(&read),
        ServerMessage::Map(read) => map(&read),
        _ => {}
    }
}

/// The same for messages with values of the arena.
fn game_events(read: &GameEvents) {
    let Ok(events) = read.decode::<Event>() else { return };
    assert_eq!(events.len(), read.len());
    assert_eq!(GameEvents::new(read.tick, &events).decode(), Ok(events));
}

fn map(read: &MapMessage) {
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    let Ok(terrain) = read.map::<Terrain>(rate) else { return };
    let again = MapMessage::new(read.epoch, read.first_tick, &terrain);
    let again: Terrain = again.map(rate).expect("what was read is written so that it can be read");
    assert_eq!((again.map, again.rules.motion), (terrain.map, terrain.rules.motion));
}

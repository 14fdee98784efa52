//! The player's library against the sequences: its view must be what the plain reference shows.

use client::view::{ApplyError, View};
use shared::wire::ServerMessage;

use crate::{messages, sequences};

/// True if a new session can decode a snapshot, whether or not it can be applied.
pub(crate) fn reads(bytes: &[u8]) -> bool {
    let mut view = View::new();
    for sample in messages::server() {
        handle(&mut view, &sample.bytes);
    }
    !matches!(view.apply(bytes), Err(ApplyError::Decode(_)))
}

fn handle(view: &mut View<arena::rules::World>, bytes: &[u8]) -> bool {
    match ServerMessage::decode(bytes).expect("samples are valid") {
        ServerMessage::Welcome(welcome) => view.set_welcome(&welcome),
        ServerMessage::Map(map) => view.set_map(&map).expect("samples are valid"),
        ServerMessage::Restart { epoch, first_tick } => view.restart(epoch, first_tick),
        ServerMessage::Snapshot | ServerMessage::PlainSnapshot => return view.apply(bytes).is_ok(),
        _ => {}
    }
    true
}

#[test]
fn players_library_shows_what_the_document_says() {
    for story in sequences::stories() {
        let mut view = View::new();
        for (index, step) in story.told.iter().enumerate() {
            let place = format!("{}, message {index}", story.name);
            assert_eq!(handle(&mut view, &step.bytes), !step.outcome.starts_with("dropped"), "{place}");
            let shown: Vec<_> = view.entities().map(|(id, state)| (id.0, *state)).collect();
            assert_eq!(shown, step.shown, "{place}");
            assert_eq!(view.own(), step.own, "{place}");
        }
    }
}

//! A match ends when its host ends it, and a room changes to the map that was asked for.

use arena::rules::{Terrain, World};
use std::sync::Arc;

use arena::map::{file, shipped};
use room::{Joining, Room, RoomConfig};
use shared::TickRate;

fn room() -> Room<World> {
    let maps = ["foundry", "pit", "divide"].map(|wanted| {
        let (name, text) = shipped().find(|(name, _)| *name == wanted).expect("the map is shipped");
        Arc::new(file::parse(name, text).expect("shipped maps are valid"))
    });
    let rate = TickRate::new(20).expect("allowed");
    let mut room = Room::new(
        RoomConfig {
            maps: maps.iter().map(|map| Terrain::new(Arc::clone(map), rate)).collect(),
            fill: 4,
            ..RoomConfig::new(Terrain::new(Arc::clone(&maps[0]), rate), rate)
        },
        7,
    );
    room.join(Joining { name: "Ann".to_owned(), plain: false, reliable: true }).expect("there is a seat");
    run(&mut room, 10 * 20);
    assert_eq!(room.summary().phase, "running");
    room
}

fn run(room: &mut Room<World>, ticks: u32) {
    for _ in 0..ticks {
        room.tick();
        while room.poll_output().is_some() {}
    }
}

#[test]
fn match_ends_when_told_and_the_next_map_follows_after_the_results() {
    let mut room = room();
    room.end_match();
    assert_eq!(room.summary().phase, "results");
    run(&mut room, 8 * 20);
    assert_eq!((room.map_name(), room.summary().phase.as_str()), ("foundry", "results"));
    assert_eq!(room.stats().matches, 0, "its results are still shown");
    // A second call changes nothing: the results are not shown longer.
    room.end_match();
    run(&mut room, 1);
    assert_eq!((room.map_name(), room.summary().phase.as_str()), ("pit", "warm-up"));
    assert_eq!(room.stats().matches, 1);
}

#[test]
fn room_goes_to_the_map_that_was_asked_for_with_its_next_tick() {
    let mut room = room();
    assert_eq!(room.map_names().collect::<Vec<_>>(), ["foundry", "pit", "divide"]);
    assert!(!room.change_map(3));
    assert!(room.change_map(2));
    assert_eq!(room.map_name(), "foundry");
    run(&mut room, 1);
    assert_eq!((room.map_name(), room.summary().phase.as_str(), room.players()), ("divide", "warm-up", 1));
    assert!(room.game().standings().all(|standing| (standing.score, standing.deaths) == (0, 0)));
}

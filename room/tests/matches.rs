//! Matches end when their host says so, and rooms go to the map that was asked for.

use std::sync::Arc;

use arena::{
    event::MatchPhase,
    map::{file, shipped},
};
use room::{Joining, Room, RoomConfig};
use shared::TickRate;

fn room() -> Room {
    let maps = ["foundry", "pit", "divide"].map(|wanted| {
        let (name, text) = shipped().find(|(name, _)| *name == wanted).expect("the map is shipped");
        Arc::new(file::parse(name, text).expect("shipped maps are valid"))
    });
    let rate = TickRate::new(20).expect("allowed");
    let mut room =
        Room::new(RoomConfig { maps: maps.to_vec(), fill: 4, ..RoomConfig::new(Arc::clone(&maps[0]), rate) }, 7);
    room.join(Joining { name: "Ann".to_owned(), plain: false, reliable: true }).expect("there is a seat");
    run(&mut room, 10 * 20);
    assert_eq!(room.phase(), MatchPhase::Running);
    room
}

fn run(room: &mut Room, ticks: u32) {
    for _ in 0..ticks {
        room.tick();
        while room.poll_output().is_some() {}
    }
}

#[test]
fn match_ends_when_told_and_the_next_map_follows_after_the_results() {
    let mut room = room();
    room.end_match();
    assert_eq!(room.phase(), MatchPhase::Results);
    run(&mut room, 8 * 20);
    assert_eq!((room.map_name(), room.phase()), ("foundry", MatchPhase::Results));
    // A second word changes nothing: the results are not shown longer.
    room.end_match();
    run(&mut room, 1);
    assert_eq!((room.map_name(), room.phase()), ("pit", MatchPhase::WarmUp));
}

#[test]
fn room_goes_to_the_map_that_was_asked_for_with_its_next_tick() {
    let mut room = room();
    assert_eq!(room.map_names().collect::<Vec<_>>(), ["foundry", "pit", "divide"]);
    assert!(!room.change_map(3));
    assert!(room.change_map(2));
    assert_eq!(room.map_name(), "foundry");
    run(&mut room, 1);
    assert_eq!((room.map_name(), room.phase(), room.players()), ("divide", MatchPhase::WarmUp, 1));
    assert!(room.roster().iter().all(|info| (info.score, info.deaths) == (0, 0)));
}

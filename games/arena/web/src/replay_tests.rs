//! A recording of the arena as a page receives it.

use std::sync::Arc;

use arena::{
    map::{file, shipped},
    rules::{Terrain, World},
    settings::Settings,
};
use room::{
    Joining, Room, RoomConfig,
    record::{FileHeader, RecordOptions, pack},
};
use shared::TickRate;

use crate::Replay;

/// Computer opponents that fight for forty seconds at 30 Hz, and the player Ada, who joins after one second.
fn fight() -> Vec<u8> {
    let (name, text) = shipped().find(|(name, _)| *name == "pit").expect("the map is shipped");
    let rate = TickRate::new(30).expect("30 Hz is allowed");
    let terrain = Terrain::new(Arc::new(file::parse(name, text).expect("shipped maps are valid")), rate);
    let settings = Settings { warm_up_secs: 1, ..Settings::default() };
    let mut room = Room::<World>::new(RoomConfig { fill: 6, seats: 8, settings, ..RoomConfig::new(terrain, rate) }, 5);
    room.record(RecordOptions { shard: 0, checkpoint_secs: 5 });
    let mut file = Vec::new();
    FileHeader::new::<World>("test", 1_700_000_000_000).encode(&mut file);
    for tick in 0..30 * 40 {
        if tick == 30 {
            room.join(Joining { name: "Ada".into(), plain: false, reliable: true }).expect("there is a seat");
        }
        room.tick();
        while room.poll_output().is_some() {}
        while let Some(chunk) = room.poll_record() {
            pack(&chunk, &mut file);
        }
    }
    room.end_record();
    while let Some(chunk) = room.poll_record() {
        pack(&chunk, &mut file);
    }
    file
}

#[test]
fn other_files_are_refused_in_words() {
    let error = Replay::new(b"certainly none".to_vec()).err().unwrap();
    assert!(error.contains("not a recording"), "{error}");
}

#[test]
fn frames_have_the_layout_of_a_players() {
    let mut replay = Replay::new(fight()).unwrap();
    replay.seek(20.0);
    replay.fill_frame();
    // The lists of a frame: crafts steered and others, shells, pickups.
    let crafts = replay.frame()[1];
    assert_eq!((replay.frame()[0], crafts), (0.0, 6.0));
    replay.follow(Some(0));
    replay.fill_frame();
    assert_eq!((replay.frame()[0], replay.frame()[1]), (1.0, crafts - 1.0));
    assert_eq!(replay.render_tick(), 600.0);
    // An empty seat shows no entity.
    replay.follow(Some(900));
    replay.fill_frame();
    assert_eq!(replay.frame()[0], 0.0);
}

#[test]
fn single_ticks_go_both_ways() {
    let mut replay = Replay::new(fight()).unwrap();
    replay.seek(10.01);
    for (ticks, tick) in [(1, 301.0), (1, 302.0), (-1, 301.0), (-3, 298.0), (4, 302.0)] {
        replay.step(ticks);
        replay.fill_frame();
        assert_eq!(replay.render_tick(), tick, "by {ticks}");
    }
    replay.advance(0.05, 0.5);
    replay.step(-1);
    replay.fill_frame();
    assert_eq!(replay.render_tick(), 302.0);
}

#[test]
fn speed_is_time_that_passes_faster() {
    let mut replay = Replay::new(fight()).unwrap();
    replay.advance(0.5, 4.0);
    assert!((replay.seconds() - 2.0).abs() < 1e-9);
    let told = std::iter::from_fn(|| replay.poll_event()).collect::<Vec<_>>();
    assert!(told[0].contains(r#""kind":"anew""#), "{}", told[0]);
    assert!(told.iter().any(|event| event.contains(r#""kind":"player""#)));
}

#[test]
fn marks_are_kills_and_phases_and_results_have_sides() {
    let mut replay = Replay::new(fight()).unwrap();
    while replay.survey(100) < 1.0 {}
    let marks: Vec<serde_json::Value> =
        std::iter::from_fn(|| replay.poll_mark()).map(|mark| serde_json::from_str(&mark).unwrap()).collect();
    let of_kind = |kind: &str| marks.iter().filter(|mark| mark["kind"] == kind).collect::<Vec<_>>();
    let kills = of_kind("kill");
    assert!(!kills.is_empty());
    for kill in kills {
        assert!(kill["at"].is_f64() && kill["rail"].is_boolean() && kill["killer_name"] != "", "{kill}");
    }
    assert!(of_kind("phase").iter().any(|mark| mark["phase"] == 1));
    let info: serde_json::Value = serde_json::from_str(&replay.info()).unwrap();
    assert_eq!((&info["team_mode"], &info["score_limit"]), (&false.into(), &25.into()));
    for result in info["results"].as_array().unwrap() {
        assert!(result["score"].is_i64() && result["deaths"].is_i64(), "{result}");
        assert_eq!(result["team"], "none", "everyone for themselves");
    }
}

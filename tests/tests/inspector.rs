//! A developer looks at a match by the names of its declarations, and sets a field.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use harness::toy::Moths;
use room::{
    Inspection, Look, Room, RoomConfig,
    record::{Ended, FileHeader, RecordOptions, pack, verify},
};
use serde_json::{Value, json};
use shared::{
    EntityId, PlayerId, TickRate,
    game::reflect::Reflected,
    limits::{INSPECT_ENTITIES_MAX, INSPECT_EVENTS_MAX},
};

const SEATS: u16 = 4;
const LAMPS: usize = 12;

fn dish() -> Room<Moths> {
    let rate = TickRate::new(30).unwrap();
    let mut room = Room::new(RoomConfig { fill: SEATS, seats: SEATS, ..RoomConfig::new((), rate) }, 5);
    ticks(&mut room, 60);
    room
}

fn ticks(room: &mut Room<Moths>, ticks: u32) {
    for _ in 0..ticks {
        room.tick();
        while room.poll_output().is_some() {}
    }
}

fn everything() -> Look {
    Look { limit: INSPECT_ENTITIES_MAX, ..Look::default() }
}

fn ids(seen: &Inspection) -> Vec<u16> {
    seen.entities.iter().map(|entity| entity.id).collect()
}

#[test]
fn entities_are_seen_by_the_names_of_their_fields() {
    let mut room = dish();
    let seen = serde_json::to_value(room.inspect(&Look { player: Some(PlayerId(1)), ..everything() })).unwrap();
    assert_eq!(seen["tick"], 60);
    assert_eq!(
        seen["kinds"],
        json!([
            { "name": "Moth", "count": SEATS, "fields": ["position", "direction", "folded"] },
            { "name": "Lamp", "count": LAMPS, "fields": ["position", "lit"] },
        ])
    );
    let moth = &seen["entities"][1];
    assert_eq!((&moth["id"], &moth["kind"]), (&json!(1), &json!("Moth")));
    assert!(moth["fields"]["folded"].is_boolean(), "{moth}");
    assert_eq!(moth["x"].as_f64().unwrap() * 16.0, moth["fields"]["position"]["x"].as_f64().unwrap());
    assert_eq!(seen["dots"].as_array().unwrap().len(), usize::from(SEATS) + LAMPS);
    assert_eq!(seen["player"], 1);
    assert!(seen["own"]["strength"].is_u64() && seen["input"]["fold"].is_boolean(), "{seen}");
    assert!(seen["board"].as_str().unwrap().contains("PlayerId"), "{}", seen["board"]);
}

#[test]
fn answers_are_filtered_and_bounded_and_lead_to_the_next() {
    let mut room = dish();
    let lamps = room.inspect(&Look { kind: Some("Lamp".into()), limit: 5, ..Look::default() });
    assert_eq!((ids(&lamps), lamps.more_after), ((4..9).collect(), Some(8)));
    let rest = room.inspect(&Look { kind: Some("Lamp".into()), limit: 7, after: Some(EntityId(8)), ..Look::default() });
    assert_eq!((ids(&rest), rest.more_after), ((9..16).collect(), None));
    let one = room.inspect(&Look { id: Some(EntityId(2)), ..everything() });
    assert_eq!((ids(&one), one.own), (vec![2], None));
    assert_eq!(room.inspect(&Look { player: Some(PlayerId(77)), ..everything() }).player, None);
}

#[test]
fn events_are_kept_while_somebody_looks() {
    let mut room = dish();
    let first = room.inspect(&everything());
    assert_eq!((first.events.len(), first.events_next), (0, 0), "nobody looked before");
    let mut since = 0;
    let mut numbers = Vec::new();
    for _ in 0..40 {
        ticks(&mut room, 90);
        let seen = room.inspect(&Look { events_since: since, limit: 1, ..Look::default() });
        assert!(seen.events.len() <= INSPECT_EVENTS_MAX);
        numbers.extend(seen.events.iter().map(|event| event.number));
        since = seen.events_next;
    }
    assert!(numbers.len() > 3, "moths put out lamps: {numbers:?}");
    assert_eq!(numbers, (0..since).collect::<Vec<_>>(), "each once");
    ticks(&mut room, 12 * 30);
    assert_eq!(room.inspect(&everything()).events_next, 0, "nobody has looked for ten seconds");
}

#[track_caller]
fn refused(room: &mut Room<Moths>, id: u16, field: &str, value: Value, reason: &str) {
    let value: Reflected = serde_json::from_value(value).unwrap();
    let before = room.game().clone();
    assert_eq!(room.edit(EntityId(id), field, &value), Err(reason.to_owned()));
    assert_eq!(*room.game(), before);
}

#[test]
fn field_that_cannot_be_set_is_refused_in_words() {
    let mut room = dish();
    refused(&mut room, 40, "lit", json!(true), "there is no entity 40");
    refused(&mut room, 4, "light", json!(true), "there is no field `light`; the fields are position, lit");
    refused(&mut room, 4, "lit", json!(1), "lit must be true or false, found a whole number");
}

#[test]
fn field_is_set_in_a_match_that_serde_writes() {
    let mut room = dish();
    for id in [0, 3] {
        let place = json!({ "x": -160, "y": 320 });
        room.edit(EntityId(id), "position", &serde_json::from_value(place.clone()).unwrap()).unwrap();
        let seen = serde_json::to_value(room.inspect(&Look { id: Some(EntityId(id)), ..everything() })).unwrap();
        assert_eq!(seen["entities"][0]["fields"]["position"], place);
    }
    // Eleven other lamps hold the same value in the same field.
    let lit = |room: &mut Room<Moths>| {
        let seen = room.inspect(&Look { kind: Some("Lamp".into()), ..everything() });
        seen.entities.iter().map(|lamp| lamp.fields.field("lit") == Some(&true.into())).collect::<Vec<_>>()
    };
    let before = lit(&mut room);
    room.edit(EntityId(9), "lit", &(!before[5]).into()).unwrap();
    let after = lit(&mut room);
    let changed: Vec<_> = (0..LAMPS).filter(|&lamp| before[lamp] != after[lamp]).collect();
    assert_eq!(changed, [5]);
    ticks(&mut room, 30);
}

#[test]
fn recording_of_a_match_that_was_edited_verifies() {
    let mut room = dish();
    room.record(RecordOptions { shard: 0, checkpoint_secs: 2 });
    let mut files = vec![Vec::new()];
    let write = |room: &mut Room<Moths>, files: &mut Vec<Vec<u8>>| {
        while let Some(chunk) = room.poll_record() {
            let file = files.last_mut().unwrap();
            if file.is_empty() {
                FileHeader::new::<Moths>("test", 1_700_000_000_000).encode(file);
            }
            pack(&chunk, file);
            if chunk.kind == room::record::ChunkKind::End {
                files.push(Vec::new());
            }
        }
    };
    for tick in 0..200 {
        if tick == 100 {
            room.edit(EntityId(1), "folded", &true.into()).unwrap();
        }
        ticks(&mut room, 1);
        write(&mut room, &mut files);
    }
    room.end_record();
    write(&mut room, &mut files);
    let ended: Vec<_> = files
        .into_iter()
        .filter(|file| !file.is_empty())
        .map(|file| {
            let verified = verify::<Moths>(file).unwrap();
            assert!(verified.first_difference.is_none() && verified.gaps.is_empty(), "{verified:?}");
            (verified.ticks, verified.info.end.as_ref().map(|end| end.ended))
        })
        .collect();
    assert_eq!(ended, [(100, Some(Ended::Edited)), (100, Some(Ended::RoomClosed))]);
}

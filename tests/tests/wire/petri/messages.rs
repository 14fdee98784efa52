//! Vectors of the messages that hold values of petri, and the proof that what its page calls their fields is what the code means.

use petri::{
    Dish,
    entity::{Cell, Crumb, Pellet, Thing},
    event::{Event, Leader},
    input::Wish,
    own::OwnCells,
    plate::Plate,
};
use shared::{
    PlayerId, Tick, TickRate,
    game::{IVec2, Record, Replicate},
    wire::{
        Ack, Checksum, ClientMessage, GameEvents, InputBytes, InputMessage, MapMessage, ServerMessage, SnapshotHeader,
        kind,
    },
};

use super::{grammar::PETRI, records};
use crate::{
    json::{Json, object},
    messages::{Sample, snapshot_bytes},
    read, vectors,
};

fn sample(name: &'static str, bytes: Vec<u8>) -> Sample {
    Sample { name, bytes, newest: 1_199, game: &PETRI }
}

/// The dish at a tick rate.
pub(super) fn plate(hz: u16) -> Plate {
    Plate::new(16_000, TickRate::new(hz).expect("a rate the server accepts"))
}

pub(super) fn a_cell() -> Cell {
    Cell {
        position: IVec2::new(128_000, 90_000),
        impulse: IVec2::new(-120, 40),
        heading: 250,
        pace: 15,
        mass: 340,
        owner: PlayerId(3),
        hue: 200,
    }
}

pub(super) fn a_crumb() -> Crumb {
    Crumb {
        position: IVec2::new(120_000, 88_000),
        impulse: IVec2::new(480, -30),
        ticks_left: 1_800,
        owner: PlayerId(3),
        slot: 0,
        hue: 200,
    }
}

pub(super) fn own_record() -> OwnCells {
    let mut own = OwnCells { split_ticks: 4, place: 2, ..OwnCells::default() };
    own.merge_ticks[..2].copy_from_slice(&[462, 462]);
    own.digests[0] = 14;
    own
}

fn inputs() -> InputMessage<Wish> {
    let wish = |aim, reach, split, eject| Wish { aim, reach, split, eject };
    let wishes = [wish(1_020, 60, false, true), wish(4, 60, true, false), wish(516, 0, false, false)];
    InputMessage::new(Tick(1_200), Ack { newest: Tick(1_196), missing: 0b101 }, 16, wishes)
}

fn events() -> [Event; 3] {
    let mut leaders = [Leader::default(); 10];
    leaders[..2].copy_from_slice(&[Leader { seat: 3, mass: 4_120 }, Leader { seat: 41, mass: 370 }]);
    [
        Event::Swallowed { by: PlayerId(3), owner: PlayerId(5), position: IVec2::new(127_000, 91_000), mass: 88 },
        Event::Ended { by: PlayerId(3), best_mass: 412, secs: 95 },
        Event::Leaders { count: 2, leaders },
    ]
}

/// One message of each kind that holds values of the game.
pub(super) fn samples() -> Vec<Sample> {
    let down = |message: ServerMessage| {
        let mut bytes = Vec::new();
        message.encode(&mut bytes);
        bytes
    };
    let mut input = Vec::new();
    ClientMessage::Input(InputBytes::new(&inputs().encoded())).encode(&mut input);
    let map = down(ServerMessage::Map(MapMessage::new(1, Tick(1_191), &plate(30))));
    let events = down(ServerMessage::GameEvents(GameEvents::new(Tick(1_201), &events())));
    [("input", input), ("map", map), ("game_events", events)]
        .map(|(name, bytes)| sample(name, bytes))
        .into_iter()
        .chain(snapshots())
        .collect()
}

fn snapshots() -> [Sample; 3] {
    let own = own_record();
    let whole = SnapshotHeader {
        tick: Tick(1_200),
        full_tick: true,
        epoch: 1,
        reduced: false,
        baseline: None,
        input_age: 0,
        margin: 9,
        own: Some(own),
        checksum: None,
    };
    let checksum = Some(Checksum { sum: 0xdead_beef, since: 2 });
    let deltas = SnapshotHeader { full_tick: false, baseline: Some(Tick(1_197)), own: None, checksum, ..whole };
    let things = [
        (36, Thing::Cell(a_cell())),
        (6_010, Thing::Pellet(Pellet { position: IVec2::new(127_500, 90_200), hue: 17 })),
        (10_020, Thing::Crumb(a_crumb())),
    ];
    [
        sample(
            "a first snapshot with whole states",
            snapshot_bytes(kind::SNAPSHOT, |out| {
                whole.encode(out);
                let mut next = 0;
                for (id, thing) in things {
                    out.int(id - next);
                    thing.encode_full(out);
                    next = id + 1;
                }
            }),
        ),
        sample(
            "deltas and a vanished pellet",
            snapshot_bytes(kind::SNAPSHOT, |out| {
                deltas.encode(out);
                // Cell 36 turns back by six (1) and slows down (2), cell 37 has digested (4), cell 60 was pushed by another
                // one of its player (8), and pellet 6010 is swallowed.
                let updates: [&[i64]; 4] = [&[36, 1 + 2, -6, 11], &[0, 4, 354], &[22, 8, 31, -12, 0, 0], &[5_949, 0]];
                updates.iter().flat_map(|update| update.iter()).for_each(|&value| out.int(value));
            }),
        ),
        sample(
            "a plain snapshot",
            snapshot_bytes(kind::PLAIN_SNAPSHOT, |out| {
                [1_200, 0, -3, 1].into_iter().for_each(|value: i64| out.int(value));
                own.encode(out);
                for (id, thing) in things {
                    out.int(id);
                    thing.encode_plain(&plate(30), out);
                }
                [6_011, 0].into_iter().for_each(|value: i64| out.int(value));
            }),
        ),
    ]
}

#[test]
fn messages() {
    let samples = samples();
    assert_eq!(read::from_client::<Dish>(&samples[0].bytes), Ok(()));
    for sample in &samples[1..] {
        assert_eq!(read::from_server::<Dish>(&sample.bytes), Ok(()), "{}", sample.name);
    }
    vectors::check_game(petri::NAME, "messages", &Json::list(samples.iter().map(Sample::vector)));
}

/// The names of the page against the Rust fields that they stand for.
#[test]
fn names_of_the_page_mean_the_fields_of_the_code() {
    let decoded = |name| {
        let samples = samples();
        let sample = samples.iter().find(|sample| sample.name == name).expect("it is there");
        sample.decoded()
    };
    let wishes = inputs();
    let expected = Json::list(wishes.iter().map(|(_, Wish { aim, reach, split, eject })| {
        object! { "aim": aim, "reach": reach, "split": u8::from(split), "eject": u8::from(eject) }
    }));
    assert_eq!(decoded("input").field("inputs"), Some(&expected));

    let expected = events().map(|event| match event {
        Event::Swallowed { by, owner, position, mass } => object! {
            "event": "swallowed", "by": by.0, "owner": owner.0, "x": position.x, "y": position.y, "mass": mass,
        },
        Event::Ended { by, best_mass, secs } => {
            object! { "event": "ended", "by": by.0, "best_mass": best_mass, "secs": secs }
        }
        Event::Leaders { count, leaders } => {
            let mut fields = vec![("event", Json::from("leaders")), ("count", count.into())];
            let names = super::grammar::EVENTS[2].1[1..].chunks(2);
            for (Leader { seat, mass }, names) in leaders.into_iter().zip(names) {
                fields.extend([(names[0], seat.into()), (names[1], mass.into())]);
            }
            Json::Object(fields)
        }
    });
    assert_eq!(decoded("game_events").field("events"), Some(&Json::List(expected.to_vec())));

    let first = decoded("a first snapshot with whole states");
    assert_eq!(first.field("own"), Some(&records::describe_own(&own_record())));
    assert_eq!(decoded("map").field("map"), Some(&object! { "side_px": plate(30).side_px() }));
}

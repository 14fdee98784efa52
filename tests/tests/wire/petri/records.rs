//! Vectors of the records inside snapshots: whole and plain entities, hashes, deltas, the own record.

use petri::{
    entity::{Cell, Crumb, Pellet, Thing},
    limits::MASS_MAX,
    own::OwnCells,
    plate::Plate,
};
use shared::{
    PlayerId,
    game::{Entity, IVec2, Own, Record, Replicate},
    rng::Rng,
    wire::Writer,
};

use super::messages::{a_cell, a_crumb, own_record, plate};
use crate::{
    json::{Json, object},
    vectors::{self, hex},
};

fn encoded(encode: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut bytes = Vec::new();
    encode(&mut Writer::new(&mut bytes));
    hex(&bytes)
}

/// An entity by the names that the page gives its fields.
pub(super) fn describe(id: u16, thing: &Thing) -> Json {
    match *thing {
        Thing::Cell(Cell { position, impulse, heading, pace, mass, owner, hue }) => object! {
            "id": id, "kind": "cell", "x": position.x, "y": position.y, "impulse_x": impulse.x, "impulse_y": impulse.y,
            "heading": heading, "pace": pace, "mass": mass, "owner": owner.0, "hue": hue,
        },
        Thing::Pellet(Pellet { position, hue }) => {
            object! { "id": id, "kind": "pellet", "x": position.x, "y": position.y, "hue": hue }
        }
        Thing::Crumb(Crumb { position, impulse, ticks_left, owner, slot, hue }) => object! {
            "id": id, "kind": "crumb", "x": position.x, "y": position.y, "impulse_x": impulse.x,
            "impulse_y": impulse.y, "ticks_left": ticks_left, "owner": owner.0, "slot": slot, "hue": hue,
        },
    }
}

/// The own record by the names of its fields.
pub(super) fn describe_own(own: &OwnCells) -> Json {
    let OwnCells { merge_ticks, digests, split_ticks, eject_ticks, return_ticks, place } = *own;
    object! {
        "merge_ticks": Json::list(merge_ticks), "digests": Json::list(digests), "split_ticks": split_ticks,
        "eject_ticks": eject_ticks, "return_ticks": return_ticks, "place": place,
    }
}

/// Data that a vector needs for its states to be computed.
pub(super) fn describe_plate(plate: &Plate) -> Json {
    object! { "side_px": plate.side_px(), "tick_hz": plate.hz() }
}

#[test]
fn entities() {
    let plate = plate(30);
    let far = Cell {
        position: IVec2::new(256_000, 0),
        impulse: IVec2::new(16_384, -16_384),
        mass: MASS_MAX,
        owner: PlayerId(4_095),
        ..a_cell()
    };
    let things = [
        (36, Thing::Cell(a_cell())),
        (49_151, Thing::Cell(far)),
        (6_010, Thing::Pellet(Pellet { position: IVec2::new(127_500, 90_200), hue: 255 })),
        (10_020, Thing::Crumb(a_crumb())),
        (10_021, Thing::Crumb(Crumb { ticks_left: 1, slot: 11, impulse: IVec2::ZERO, ..a_crumb() })),
    ];
    let vectors = things.map(|(id, thing)| {
        object! {
            "state": describe(id, &thing),
            "whole": encoded(|out| thing.encode_full(out)),
            "plain": encoded(|out| thing.encode_plain(&plate, out)),
            "hash": thing.hash(id),
        }
    });
    vectors::check_game(petri::NAME, "entities", &vectors.to_vec().into());
}

#[test]
fn deltas() {
    let plate = plate(30);
    let mut rng = Rng::new(12);
    let mut vectors = Vec::new();
    let mut push = |name: &str, before: Cell, after: Cell| {
        let (before, after) = (Thing::Cell(before), Thing::Cell(after));
        let bytes = encoded(|out| assert!(after.encode_delta(&before, &plate, out), "{name}: nothing changed"));
        vectors.push(object! {
            "name": name, "before": describe(36, &before), "hex": bytes, "after": describe(36, &after),
        });
    };
    let before = a_cell();
    let mut cell = |name: &str, change: &dyn Fn(&mut Cell), moved: IVec2| {
        let mut after = before;
        change(&mut after);
        assert!(after.step(&plate), "cells do not end");
        after.position += moved;
        push(name, before, after);
    };
    let zero = IVec2::ZERO;
    cell("a turn", &|cell| cell.heading = 230, zero);
    cell("a turn the short way across zero", &|cell| cell.heading = 10, zero);
    cell("half a turn", &|cell| cell.heading = 122, zero);
    cell("it slows down", &|cell| cell.pace = 3, zero);
    cell("it stops", &|cell| cell.pace = 0, zero);
    cell("it has digested, and is slower from this tick on", &|cell| cell.mass = 390, zero);
    cell("another cell of its player pushes it", &|_| {}, IVec2::new(31, -12));
    cell(
        "all at once",
        &|cell| *cell = Cell { heading: 1, pace: 7, mass: 20_000, impulse: IVec2::new(533, -1), ..*cell },
        IVec2::new(-4, 9),
    );
    for index in 0..20 {
        let mut any = || Cell {
            position: IVec2::new(rng.between(0, 256_000), rng.between(0, 256_000)),
            impulse: IVec2::new(rng.between(-900, 900), rng.between(-900, 900)),
            heading: rng.below(256) as u8,
            pace: rng.below(16) as u8,
            mass: 1 + rng.below(MASS_MAX),
            ..before
        };
        push(&format!("any two states {index}"), any(), any());
    }
    vectors::check_game(petri::NAME, "deltas", &object! { "plate": describe_plate(&plate), "deltas": vectors });
}

#[test]
fn own_records() {
    let all = OwnCells {
        merge_ticks: [1_344, 462, 9, 0, 0, 3, 2, 1, 0, 0, 0, 460],
        digests: [14, 0, 0, 2, 65_535, 0, 0, 0, 0, 0, 0, 2],
        split_ticks: 6,
        eject_ticks: 3,
        return_ticks: 60,
        place: 300,
    };
    let records = [OwnCells::default(), OwnCells { return_ticks: 7, ..OwnCells::default() }, own_record(), all];
    let vectors = records.map(|own| {
        let mut later = own;
        (0..10).for_each(|_| later.step());
        object! {
            "hex": encoded(|out| own.encode(out)), "own": describe_own(&own), "ten_ticks_later": describe_own(&later),
        }
    });
    vectors::check_game(petri::NAME, "own", &vectors.to_vec().into());
}

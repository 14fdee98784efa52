//! The layouts of `games/petri/docs/protocol.md` as tables.

use petri::limits::CELLS_MAX;

use crate::{
    grammar::{Elements, EntityLayout, EventLayout, GameLayouts, Mask},
    json::{Json, object},
};

/// The layouts of petri.
pub(super) const PETRI: GameLayouts = GameLayouts {
    events: EVENTS,
    entities: ENTITIES,
    // Only cells have deltas.
    mask: |_| CELL_MASK,
    input,
    map: |elements| object! { "side_px": elements.int() },
    own,
};

/// Events by code: name and fields.
#[rustfmt::skip]
pub(super) const EVENTS: &[EventLayout] = &[
    ("swallowed", &["by", "owner", "x", "y", "mass"]),
    ("ended", &["by", "best_mass", "secs"]),
    ("leaders", &[
        "count", "seat_1", "mass_1", "seat_2", "mass_2", "seat_3", "mass_3", "seat_4", "mass_4", "seat_5", "mass_5",
        "seat_6", "mass_6", "seat_7", "mass_7", "seat_8", "mass_8", "seat_9", "mass_9", "seat_10", "mass_10",
    ]),
];

/// One input.
pub(super) const INPUT: &[&str] = &["aim_change", "reach", "split", "eject"];

/// Fields of the own record by bit of its mask, each with the number of its values.
pub(super) const OWN: &[(&str, usize)] = &[
    ("merge_ticks", CELLS_MAX),
    ("digests", CELLS_MAX),
    ("split_ticks", 1),
    ("eject_ticks", 1),
    ("return_ticks", 1),
    ("place", 1),
];

/// Whole states by operation less 64: name, fields, fields of the plain record.
pub(super) const ENTITIES: &[EntityLayout] =
    &[("cell", CELL, CELL), ("pellet", PELLET, PELLET), ("crumb", CRUMB, CRUMB)];

const CELL: &[&str] = &["x", "y", "impulse_x", "impulse_y", "heading", "pace", "mass", "owner", "hue"];
const PELLET: &[&str] = &["x", "y", "hue"];
const CRUMB: &[&str] = &["x", "y", "impulse_x", "impulse_y", "ticks_left", "owner", "slot", "hue"];

/// Fields of a cell's delta by bit of its mask.
pub(super) const CELL_MASK: Mask = &[
    (1, &["heading_change"]),
    (2, &["pace"]),
    (4, &["mass"]),
    (8, &["x_change", "y_change", "impulse_x_change", "impulse_y_change"]),
];

fn input(elements: &mut Elements, aim: &mut i64) -> Json {
    *aim = (*aim + elements.int()).rem_euclid(1_024);
    object! { "aim": *aim, "reach": elements.int(), "split": elements.int(), "eject": elements.int() }
}

fn own(elements: &mut Elements) -> Json {
    let mask = elements.int();
    let mut field = |(bit, &(name, count)): (usize, &(&'static str, usize))| {
        let values: Vec<_> =
            (0..count).map(|_| if mask >> bit & 1 == 0 { Json::Int(0) } else { elements.value() }).collect();
        let value = if count == 1 { values[0].clone() } else { Json::List(values) };
        (name, value)
    };
    Json::Object(OWN.iter().enumerate().map(&mut field).collect())
}

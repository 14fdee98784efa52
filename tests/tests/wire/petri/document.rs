//! Parts of petri's protocol document that are generated from the code.

use petri::{
    entity::{CRUMB_MASS, CRUMB_RADIUS_PX, PACE_MAX, PELLET_MASS, PELLET_RADIUS_PX},
    input::REACH_PX,
    limits::{CELLS_MAX, CRUMBS_MAX, MASS_MAX, PELLETS_MAX},
    plate::{SIDE_PX_MAX, SIDE_PX_MIN, radius},
};
use shared::limits::INPUT_REPEAT_TICKS;

use super::{
    fields,
    grammar::{ENTITIES, EVENTS},
    messages::{plate, samples},
};
use crate::document::{Document, entities, events, example, plain_entities, table};

pub(crate) const PETRI: Document = Document {
    path: "../games/petri/docs/protocol.md",
    generated: &["events", "entities", "plain entities", "speeds", "limits"],
    generate: generated,
    tables: fields::tables,
    quotes,
};

fn generated(name: &str) -> String {
    match name {
        "events" => events(EVENTS),
        "entities" => entities(ENTITIES),
        "plain entities" => plain_entities(ENTITIES),
        "speeds" => speeds(),
        "limits" => limits(),
        name => example(name, samples().into_iter()),
    }
}

fn speeds() -> String {
    let rows = [10, 20, 24, 100, 1_000, MASS_MAX].map(|mass| {
        let speeds = [10, 30, 120].map(|hz| plate(hz).speed(mass).to_string());
        [mass.to_string(), radius(mass).to_string()].into_iter().chain(speeds).collect()
    });
    table(&["mass", "radius", "speed at 10 Hz", "at 30 Hz", "at 120 Hz"], rows)
}

fn limits() -> String {
    let rows = [
        ("cells of a player", CELLS_MAX),
        ("mass of a cell", MASS_MAX as usize),
        ("pellets in a dish", PELLETS_MAX),
        ("crumbs in a dish", CRUMBS_MAX),
        ("least side of the dish, px", SIDE_PX_MIN.into()),
        ("greatest side of the dish, px", SIDE_PX_MAX.into()),
    ];
    table(&["limit", "number"], rows.map(|(limit, number)| vec![limit.to_owned(), number.to_string()]))
}

fn quotes() -> Vec<String> {
    vec![
        format!("# The protocol of petri, version {}", petri::VERSION),
        format!("`game` is `{}`", petri::NAME),
        format!("In version {} there are no others", petri::VERSION),
        format!("repeated for up to {INPUT_REPEAT_TICKS} ticks"),
        format!("in steps of {REACH_PX} px"),
        format!("`{CELLS_MAX} * seat + slot`"),
        format!("speed(mass) * pace / {PACE_MAX}"),
        format!("a mass of {PELLET_MASS} and a radius of {PELLET_RADIUS_PX} px"),
        format!("a mass of {CRUMB_MASS} and a radius of {CRUMB_RADIUS_PX} px"),
    ]
}

//! Vectors of cells and crumbs that run forward by themselves, tick by tick.

use petri::{
    entity::{Cell, Crumb},
    limits::MASS_MAX,
    plate::{self, Plate},
};
use shared::{
    game::{Entity, IVec2},
    rng::Rng,
};

use super::{
    messages::{a_cell, a_crumb, plate},
    records::describe_plate,
};
use crate::{
    json::{Json, object},
    vectors,
};

/// Tick rates that the vectors have: the extremes and what is common.
const RATES: [u16; 5] = [10, 20, 30, 60, 120];

#[test]
fn speeds_and_radii() {
    let vectors = RATES.map(|hz| {
        let plate = plate(hz);
        let masses = [1, 2, 10, 20, 24, 39, 100, 333, 1_000, 4_096, 9_999, MASS_MAX];
        let of = |mass| object! { "mass": mass, "speed": plate.speed(mass), "radius": plate::radius(mass) };
        object! { "plate": describe_plate(&plate), "cells": Json::list(masses.map(of)) }
    });
    vectors::check_game(petri::NAME, "speed", &vectors.to_vec().into());
}

#[test]
fn cells_run_forward() {
    let cases = RATES.into_iter().flat_map(|hz| {
        let plate = plate(hz);
        [cell_case("a wandering cell", &plate, a_cell(), 4), cell_case("a cell at the edge", &plate, at_edge(), 5)]
    });
    vectors::check_game(petri::NAME, "cell", &Json::list(cases));
}

/// In the lower right corner.
fn at_edge() -> Cell {
    Cell { position: IVec2::new(255_900, 255_700), impulse: IVec2::new(900, 900), mass: 24, ..a_cell() }
}

/// 60 ticks by a script of what the cell is sent.
fn cell_case(name: &str, plate: &Plate, start: Cell, seed: u64) -> Json {
    let mut rng = Rng::new(seed + u64::from(plate.hz()));
    let mut cell = start;
    let (mut script, mut states) = (Vec::new(), Vec::new());
    for tick in 1..=60 {
        if tick > 1 && rng.chance(1, 8) {
            cell = Cell {
                heading: rng.below(256) as u8,
                pace: rng.below(16) as u8,
                mass: 1 + rng.below(MASS_MAX),
                ..cell
            };
            script.push(object! { "tick": tick, "heading": cell.heading, "pace": cell.pace, "mass": cell.mass });
        }
        assert!(cell.step(plate), "cells do not end");
        states.push(Json::list([cell.position.x, cell.position.y, cell.impulse.x, cell.impulse.y]));
    }
    object! {
        "name": format!("{name}, {} Hz", plate.hz()),
        "plate": describe_plate(plate),
        "start": super::records::describe(36, &petri::entity::Thing::Cell(start)),
        "script": script,
        "states": states,
    }
}

#[test]
fn crumbs_run_forward() {
    let cases = RATES.map(|hz| {
        let plate = plate(hz);
        let start = Crumb { impulse: IVec2::new(480 * 30 / i32::from(hz), -37), ticks_left: 40, ..a_crumb() };
        let (mut crumb, mut states) = (start, Vec::new());
        while crumb.step(&plate) {
            let Crumb { position, impulse, ticks_left, .. } = crumb;
            states.push(Json::list([position.x, position.y, impulse.x, impulse.y, ticks_left.into()]));
        }
        object! {
            "name": format!("a crumb until its end, {hz} Hz"),
            "plate": describe_plate(&plate),
            "start": super::records::describe(10_020, &petri::entity::Thing::Crumb(start)),
            "states": states,
        }
    });
    vectors::check_game(petri::NAME, "crumb", &Json::list(cases));
}

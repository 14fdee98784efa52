//! Vectors of a player's own cells, tick by tick, as the rules and a client that predicts make them from its inputs.

use petri::{
    Dish,
    board::Board,
    entity::{Cell, Thing},
    entity_id,
    input::Wish,
    limits::CELLS_MAX,
    own::OwnCells,
};
use shared::{
    EntityId, PlayerId, Tick,
    game::{Control, Game, IVec2, Own},
    rng::Rng,
};

use super::{
    messages::{a_cell, plate},
    records::{describe, describe_own, describe_plate},
};
use crate::{
    json::{Json, object},
    vectors,
};

const PLAYER: PlayerId = PlayerId(3);
/// The tick before the first one of each case.
const START: Tick = Tick(1_000);

#[test]
fn herds() {
    let lone = |mass| vec![(0, Cell { mass, impulse: IVec2::ZERO, ..a_cell() })];
    // Two on the same spot, which may merge soon, and one far away.
    let pair = vec![
        (0, Cell { mass: 200, impulse: IVec2::ZERO, ..a_cell() }),
        (1, Cell { mass: 120, impulse: IVec2::ZERO, ..a_cell() }),
    ];
    let far = [(7, Cell { mass: 47, position: IVec2::new(0, 255_000), ..a_cell() })];
    let three = [&pair[..], &far].concat();
    let cases = [
        case("one cell grazes", 30, lone(24), 40, Habits { reach_max: 255, split: 0, eject: 0 }),
        case("splits until all slots are taken", 30, lone(4_000), 60, Habits { reach_max: 255, split: 3, eject: 0 }),
        case("large cells eject", 30, lone(2_000), 40, Habits { reach_max: 255, split: 40, eject: 4 }),
        case("halves push each other apart, then merge", 20, pair, 50, Habits { reach_max: 0, split: 0, eject: 0 }),
        case("everything at 10 Hz", 10, three.clone(), 60, Habits { reach_max: 60, split: 6, eject: 5 }),
        case("everything at 120 Hz", 120, three, 80, Habits { reach_max: 255, split: 20, eject: 9 }),
    ];
    // The vectors hold what they are for.
    let most = |case: &Json| *counts(case).iter().max().expect("a case has steps");
    assert_eq!(most(&cases[1]), CELLS_MAX);
    assert!(steps(&cases[2]).iter().any(|step| !list(step, "born").is_empty()));
    assert_eq!((most(&cases[3]), counts(&cases[3]).last()), (2, Some(&1)), "they merged");
    vectors::check_game(petri::NAME, "herd", &cases.to_vec().into());
}

fn list<'a>(value: &'a Json, name: &str) -> &'a [Json] {
    let Some(Json::List(values)) = value.field(name) else { panic!("{name} is no list") };
    values
}

fn steps(case: &Json) -> &[Json] {
    list(case, "steps")
}

/// Cells after each tick.
fn counts(case: &Json) -> Vec<usize> {
    steps(case).iter().map(|step| list(step, "cells").len()).collect()
}

/// Distribution of the inputs of a case.
struct Habits {
    reach_max: u8,
    /// One in how many inputs presses the button; 0: none.
    split: u32,
    eject: u32,
}

fn case(name: &str, hz: u16, cells: Vec<(usize, Cell)>, ticks: u32, habits: Habits) -> Json {
    let plate = plate(hz);
    let mut rng = Rng::new(cells.len() as u64 + u64::from(ticks));
    let mut own = OwnCells { digests: [30, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], ..OwnCells::default() };
    own.merge_ticks[..2].copy_from_slice(&[20, 25]);
    let mut entities: Vec<_> =
        cells.into_iter().map(|(slot, cell)| (entity_id(PLAYER, slot), Thing::Cell(cell))).collect();
    let start = object! { "own": describe_own(&own), "cells": described(&entities) };
    let (mut wish, mut script, mut steps) = (Wish::default(), Vec::new(), Vec::new());
    for age in 1..=ticks {
        if age == 1 || rng.chance(1, 5) {
            wish =
                Wish { aim: rng.below(1_024) as u16, reach: rng.below(u32::from(habits.reach_max) + 1) as u8, ..wish };
        }
        let mut pressed = |one_in| one_in > 0 && rng.chance(1, one_in);
        (wish.split, wish.eject) = (pressed(habits.split), pressed(habits.eject));
        own.step();
        let mut born = Vec::new();
        Dish::control(&mut Control {
            player: PLAYER,
            tick: START.plus(age),
            entities: &mut entities,
            own: &mut own,
            input: Some(&wish),
            board: &Board::default(),
            map: &plate,
            born: &mut born,
        });
        script.push(Json::list([i32::from(wish.aim), wish.reach.into(), wish.split.into(), wish.eject.into()]));
        let states = entities.iter().map(|(id, thing)| row(*id, thing));
        steps.push(object! { "cells": Json::list(states), "born": Json::list(born.iter().map(born_row)) });
    }
    object! {
        "name": name,
        "plate": describe_plate(&plate),
        "player": PLAYER.0,
        "first_tick": START.0 + 1,
        "start": start,
        "inputs": script,
        "steps": steps,
        "own_after": describe_own(&own),
    }
}

fn described(entities: &[(EntityId, Thing)]) -> Json {
    Json::list(entities.iter().map(|(id, thing)| describe(id.0, thing)))
}

/// Id, x, y, impulse, heading, pace, mass.
fn row(id: EntityId, thing: &Thing) -> Json {
    let Thing::Cell(Cell { position, impulse, heading, pace, mass, owner: _, hue: _ }) = *thing else {
        panic!("{id:?} is no cell")
    };
    let (heading, pace, mass) = (heading.into(), pace.into(), mass as i32);
    Json::list([i32::from(id.0), position.x, position.y, impulse.x, impulse.y, heading, pace, mass])
}

/// Slot, x, y, impulse, ticks left.
fn born_row(thing: &Thing) -> Json {
    let Thing::Crumb(crumb) = *thing else { panic!("cells make crumbs") };
    let (position, impulse) = (crumb.position, crumb.impulse);
    Json::list([crumb.slot.into(), position.x, position.y, impulse.x, impulse.y, i32::from(crumb.ticks_left)])
}

//! Vectors of craft and shells run forward, tick by tick, and of the trigonometry below them.

use arena::{
    entity::{CraftFlags, CraftState, ShellState},
    input::Heading,
    rules::{
        Terrain, craft,
        shell::{self, Fate},
    },
};
use glam::IVec2;
use shared::{PlayerId, rng::Rng, trig};

use crate::{
    json::{Json, object},
    terrain::{self, pillar},
    vectors,
};

#[test]
fn trigonometry() {
    let mut rng = Rng::new(3);
    let vectors = (0..40).map(|_| {
        let (angle, length) = (rng.below(1_024) as u16, rng.between(0, 20_000));
        let vector = trig::vector(angle, length);
        object! { "angle": angle, "length": length, "x": vector.x, "y": vector.y }
    });
    let vectors = Json::list(vectors);
    // Halfway between two angles, all quarters and their edges, and any.
    let edges = [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1), (7, 7), (-7, 7), (-7, -7), (7, -7), (326, 1), (325, 1)];
    let any = (0..60).map(|_| (rng.between(-300_000, 300_000), rng.between(-300_000, 300_000)));
    let angles = edges.into_iter().chain(any).map(|(x, y)| {
        object! { "x": x, "y": y, "angle": trig::angle_of(IVec2::new(x, y)) }
    });
    let angles = Json::list(angles.collect::<Vec<_>>());
    let quarter = Json::list((0..=256).map(trig::sin));
    vectors::check("trigonometry", &object! { "quarter": quarter, "vectors": vectors, "angles": angles });
}

#[test]
fn craft_run_forward() {
    let cases = [10, 20, 30, 60, 120].into_iter().flat_map(|hz| {
        let terrain = pillar(hz);
        [
            craft_case("a wandering craft", &terrain, (3, 5), 1, Some(8)),
            craft_case("a craft that dashes into walls", &terrain, (9, 2), 2, Some(3)),
        ]
    });
    let wreck = craft_case("a wreck stays", &pillar(30), (3, 5), 3, None);
    vectors::check_game(arena::NAME, "craft", &Json::list(cases.chain([wreck])));
}

/// 200 ticks from the middle of a tile by a script of headings and dashes, one in `dash_in` a dash; none: a wreck.
fn craft_case(name: &str, terrain: &Terrain, (column, row): (u16, u16), seed: u64, dash_in: Option<u32>) -> Json {
    let mut rng = Rng::new(seed + u64::from(terrain.rules.tick_rate.hz()));
    let mut state = CraftState {
        position: terrain.map.tile_center(column, row) + IVec2::new(5, -3),
        velocity: IVec2::new(rng.between(-900, 900), rng.between(-900, 900)),
        heading: Heading::NONE,
        aim: 0,
        health: if dash_in.is_some() { 100 } else { 0 },
        flags: CraftFlags::default(),
    };
    let start = object! {
        "x": state.position.x, "y": state.position.y, "vx": state.velocity.x, "vy": state.velocity.y,
        "health": state.health,
    };
    let mut script = Vec::new();
    let mut states = Vec::new();
    for tick in 1..=200 {
        if tick == 1 || rng.chance(1, 9) {
            let value = rng.below(65) as u8;
            let dash = dash_in.is_some_and(|one_in| rng.chance(1, one_in));
            state.heading = Heading::new(value).expect("in range");
            if dash {
                craft::dash(&mut state, terrain);
            }
            script.push(object! { "tick": tick, "heading": value, "dash": dash });
        }
        craft::step(&mut state, terrain);
        states.push(Json::list([state.position.x, state.position.y, state.velocity.x, state.velocity.y]));
    }
    object! {
        "name": format!("{name}, {} Hz", terrain.rules.tick_rate.hz()),
        "terrain": terrain::describe(terrain),
        "start": start,
        "script": script,
        "states": states,
    }
}

#[test]
fn shells_run_forward() {
    let mut cases = Vec::new();
    for (hz, angles) in [(10, [40, 300]), (20, [77, 800]), (30, [512, 650]), (60, [128, 1_000]), (120, [256, 401])] {
        for (angle, (column, row)) in angles.into_iter().zip([(2, 5), (9, 2)]) {
            cases.push(shell_case(&pillar(hz), angle, (column, row)));
        }
    }
    vectors::check_game(arena::NAME, "shell", &Json::list(cases));
}

fn shell_case(terrain: &Terrain, angle: u16, (column, row): (u16, u16)) -> Json {
    let rules = &terrain.rules;
    let mut state = ShellState {
        position: terrain.map.tile_center(column, row),
        velocity: trig::vector(angle, rules.motion.shell_speed),
        owner: PlayerId(0),
        bounces_left: rules.shell_bounces,
        ticks_left: rules.shell_life_ticks,
    };
    let row = |state: &ShellState| {
        let ShellState { position, velocity, owner: _, bounces_left, ticks_left } = *state;
        Json::list([position.x, position.y, velocity.x, velocity.y, bounces_left.into(), ticks_left.into()])
    };
    let start = row(&state);
    let mut states = Vec::new();
    while shell::step(&mut state, terrain, |_, _| false) == Fate::Flies {
        states.push(row(&state));
    }
    let end = if state.ticks_left == 0 { "its time is up" } else { "one wall too many" };
    object! {
        "name": format!("a shell along {angle}/1024, {} Hz", rules.tick_rate.hz()),
        "terrain": terrain::describe(terrain),
        "start": start,
        "states": states,
        "end": end,
    }
}

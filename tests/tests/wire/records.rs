//! Vectors of the records inside snapshots: whole and plain entities, hashes, deltas, the own record.

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    input::Heading,
    own::OwnState,
    rules::{Terrain, craft},
};
use glam::IVec2;
use shared::{
    PlayerId,
    game::{Own, Record, Replicate},
    rng::Rng,
    wire::Writer,
};

use crate::{
    json::{Json, object},
    terrain::{self, pillar},
    vectors::{self, hex},
};

fn encoded(encode: impl FnOnce(&mut Writer<'_>)) -> String {
    let mut bytes = Vec::new();
    encode(&mut Writer::new(&mut bytes));
    hex(&bytes)
}

/// An entity by the names the document gives its fields.
pub(crate) fn describe(id: u16, state: &EntityState) -> Json {
    match *state {
        EntityState::Craft(CraftState { position, velocity, heading, aim, health, flags }) => object! {
            "id": id, "kind": "craft", "x": position.x, "y": position.y, "vx": velocity.x, "vy": velocity.y,
            "heading": heading.value(), "aim": aim, "health": health, "flags": flags.0,
        },
        EntityState::Shell(ShellState { position, velocity, owner, bounces_left, ticks_left }) => object! {
            "id": id, "kind": "shell", "x": position.x, "y": position.y, "vx": velocity.x, "vy": velocity.y,
            "owner": owner.0, "bounces_left": bounces_left, "ticks_left": ticks_left,
        },
        EntityState::Pickup(PickupState { place, available }) => {
            object! { "id": id, "kind": "pickup", "place": place, "available": u8::from(available) }
        }
    }
}

fn a_craft() -> CraftState {
    CraftState {
        position: IVec2::new(4_000, 3_100),
        velocity: IVec2::new(-700, 129),
        heading: Heading::new(17).expect("in range"),
        aim: 250,
        health: 100,
        flags: CraftFlags(9),
    }
}

#[test]
fn entities() {
    let terrain = pillar(30);
    let far = CraftState { position: IVec2::new(-70_000, 1 << 20), velocity: IVec2::new(32_768, -32_768), ..a_craft() };
    let shell = ShellState {
        position: IVec2::new(2_600, 5_632),
        velocity: IVec2::new(5_461, -300),
        owner: PlayerId(300),
        bounces_left: 2,
        ticks_left: 66,
    };
    let states = [
        (0, EntityState::Craft(a_craft())),
        (15, EntityState::Craft(CraftState { health: 0, heading: Heading::NONE, velocity: IVec2::ZERO, ..a_craft() })),
        (4_095, EntityState::Craft(far)),
        (17, EntityState::Shell(shell)),
        (20_735, EntityState::Shell(ShellState { bounces_left: 0, ticks_left: 1, ..shell })),
        (16, EntityState::Pickup(PickupState { place: 0, available: true })),
        (4_100, EntityState::Pickup(PickupState { place: 1, available: false })),
    ];
    let vectors = states.map(|(id, state)| {
        object! {
            "state": describe(id, &state),
            "whole": encoded(|out| state.encode_full(out)),
            "plain": encoded(|out| state.encode_plain(&terrain, out)),
            "hash": state.hash(id),
        }
    });
    vectors::check_game(
        arena::NAME,
        "entities",
        &object! { "terrain": terrain::describe(&terrain), "pickups": pickups(&terrain), "entities": vectors.to_vec() },
    );
}

fn pickups(terrain: &Terrain) -> Json {
    Json::list(terrain.map.pickups().iter().map(|place| {
        object! { "kind": place.kind as u8, "column": place.column, "row": place.row }
    }))
}

#[test]
fn deltas() {
    let terrain = pillar(30);
    let mut rng = Rng::new(11);
    let mut vectors = Vec::new();
    let mut push = |name: &str, before: EntityState, after: EntityState| {
        let bytes = encoded(|out| assert!(after.encode_delta(&before, &terrain, out), "{name}: nothing changed"));
        vectors.push(object! {
            "name": name, "before": describe(1, &before), "hex": bytes, "after": describe(1, &after),
        });
    };
    let before = a_craft();
    let run = |change: &dyn Fn(&mut CraftState)| {
        let mut after = before;
        change(&mut after);
        craft::step(&mut after, &terrain);
        after
    };
    let mut craft = |name: &str, after: CraftState| push(name, EntityState::Craft(before), EntityState::Craft(after));
    craft("a turn", run(&|craft| craft.heading = Heading::new(33).expect("in range")));
    craft("thrust ends", run(&|craft| craft.heading = Heading::NONE));
    craft("the gun turns the short way across zero", run(&|craft| craft.aim = 10));
    craft("the gun turns back", run(&|craft| craft.aim = 200));
    craft("half a turn of the gun", run(&|craft| craft.aim = 122));
    craft("damage", run(&|craft| craft.health = 80));
    craft("a shield is put on", run(&|craft| craft.flags = CraftFlags(2)));
    craft("a dash", run(&|craft| craft::dash(craft, &terrain)));
    craft(
        "a turn and a dash along the new heading",
        run(&|craft| {
            craft.heading = Heading::new(64).expect("in range");
            craft::dash(craft, &terrain);
        }),
    );
    craft("death stops the craft where it was", run(&|craft| craft.health = 0));
    let pushed = run(&|_| {});
    craft(
        "a push that nothing predicts",
        CraftState { position: pushed.position + IVec2::new(3, -200), velocity: IVec2::ZERO, ..pushed },
    );
    craft(
        "all at once",
        CraftState { heading: Heading::new(1).expect("in range"), aim: 0, health: 1, flags: CraftFlags(0), ..pushed },
    );
    let wreck = CraftState { health: 0, velocity: IVec2::ZERO, ..before };
    let respawned = CraftState { position: IVec2::new(9_000, 2_000), health: 100, flags: CraftFlags(1), ..wreck };
    push("a respawn", EntityState::Craft(wreck), EntityState::Craft(respawned));
    for available in [true, false] {
        let pickup = |available| EntityState::Pickup(PickupState { place: 1, available });
        push("a pickup", pickup(!available), pickup(available));
    }
    for index in 0..20 {
        let mut any = || CraftState {
            position: IVec2::new(rng.between(1_300, 10_900), rng.between(1_300, 7_900)),
            velocity: IVec2::new(rng.between(-3_000, 3_000), rng.between(-3_000, 3_000)),
            heading: Heading::new(rng.below(65) as u8).expect("in range"),
            aim: rng.below(256) as u8,
            health: rng.below(101) as u8,
            flags: CraftFlags(rng.below(16) as u8),
        };
        push(&format!("any two states {index}"), EntityState::Craft(any()), EntityState::Craft(any()));
    }
    vectors::check_game(arena::NAME, "deltas", &object! { "terrain": terrain::describe(&terrain), "deltas": vectors });
}

#[test]
fn own_records() {
    let all = OwnState {
        fire_ticks: 7,
        dash_ticks: 48,
        rail_shots: 3,
        shield: 50,
        rapid_ticks: 240,
        protection_ticks: 45,
        respawn_ticks: 300,
    };
    let records = [
        OwnState::default(),
        OwnState { fire_ticks: 7, ..OwnState::default() },
        OwnState { respawn_ticks: 75, ..OwnState::default() },
        OwnState { dash_ticks: 1, rapid_ticks: 1, ..OwnState::default() },
        all,
    ];
    let vectors = records.map(|own| {
        let mut later = own;
        (0..10).for_each(|_| later.step());
        object! {
            "hex": encoded(|out| own.encode(out)), "own": describe_own(&own), "ten_ticks_later": describe_own(&later),
        }
    });
    vectors::check_game(arena::NAME, "own", &vectors.to_vec().into());
}

/// The own record by the names of its fields.
pub(crate) fn describe_own(own: &OwnState) -> Json {
    let OwnState { fire_ticks, dash_ticks, rail_shots, shield, rapid_ticks, protection_ticks, respawn_ticks } = *own;
    object! {
        "fire_ticks": fire_ticks, "dash_ticks": dash_ticks, "rail_shots": rail_shots, "shield": shield,
        "rapid_ticks": rapid_ticks, "protection_ticks": protection_ticks, "respawn_ticks": respawn_ticks,
    }
}

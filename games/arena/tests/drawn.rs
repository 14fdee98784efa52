//! Checks the values that the arena's page receives: `games/arena/page/` reads them by these names.

use std::{f32::consts::TAU, sync::Arc};

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState},
    input::Heading,
    map::{Map, PickupKind, PickupPlace},
    own::OwnState,
    rules::Terrain,
};
use shared::{
    TickRate,
    game::{Draw, Drawing, IVec2, Pose, Replicate, draw},
};

const HZ: u16 = 30;

fn terrain() -> Terrain {
    let rail = PickupPlace { kind: PickupKind::Rail, column: 1, row: 0 };
    let map = Map::new("tiny".into(), 64, 3, 1, vec![true, false, true], vec![rail]);
    Terrain::new(Arc::new(map), TickRate::new(HZ).expect("30 Hz is allowed"))
}

fn drawn(state: EntityState, terrain: &Terrain) -> Vec<f32> {
    let mut numbers = Vec::new();
    let around = Drawing { map: terrain, hz: HZ.into() };
    EntityState::draw(&Pose::still(state, terrain), &around, &mut numbers);
    numbers
}

#[test]
fn page_gets_these_names() {
    let kinds = draw::kinds::<EntityState>();
    let named: Vec<_> = kinds.iter().map(|(name, fields)| (*name, fields.join(" "))).collect();
    let expected = [("Craft", "aim health flags"), ("Shell", "owner bounces_left"), ("Pickup", "place available kind")];
    assert_eq!(named, expected.map(|(name, fields)| (name, fields.to_owned())));
    let mut own = Vec::new();
    <OwnState as Draw<Terrain>>::number_names(&mut own);
    assert_eq!(own.join(" "), "rail_shots shield rapid protection respawn gun dash");
}

#[test]
fn crafts_point_in_radians_and_pickups_say_what_they_are() {
    let terrain = terrain();
    let craft = CraftState {
        position: IVec2::ZERO,
        velocity: IVec2::ZERO,
        heading: Heading::NONE,
        aim: 64,
        health: 70,
        flags: CraftFlags::SHIELD,
    };
    assert_eq!(drawn(EntityState::Craft(craft), &terrain), [TAU / 4.0, 70.0, 2.0]);
    let pickup = |place| drawn(EntityState::Pickup(PickupState { place, available: true }), &terrain);
    assert_eq!(pickup(0), [0.0, 1.0, 3.0]);
    // A server may send any place, also one that the map does not have.
    assert_eq!(pickup(9), [9.0, 1.0, 0.0]);
}

#[test]
fn timers_are_seconds_and_pauses_the_part_that_is_over() {
    let terrain = terrain();
    let rules = &terrain.rules;
    let drawn = |own: OwnState| {
        let mut numbers = Vec::new();
        own.draw(&Drawing { map: &terrain, hz: HZ.into() }, &mut numbers);
        numbers
    };
    assert_eq!(drawn(OwnState::default()), [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    let own = OwnState {
        fire_ticks: rules.rail_ticks,
        dash_ticks: rules.dash_ticks,
        rail_shots: 2,
        shield: 30,
        rapid_ticks: 15,
        protection_ticks: 30,
        respawn_ticks: 60,
    };
    assert_eq!(drawn(own), [2.0, 30.0, 0.5, 1.0, 2.0, 0.0, 0.0]);
    let rapid = OwnState { fire_ticks: rules.rapid_fire_ticks, rapid_ticks: 15, ..OwnState::default() };
    assert_eq!(drawn(rapid)[5], 0.0, "the pause of what it fires");
}

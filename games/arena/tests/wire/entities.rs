//! Entities: whole states, deltas against a baseline run forward, plain records.

use std::sync::Arc;

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState, full},
    input::Heading,
    map::{Map, PickupKind, PickupPlace},
    rules::{Terrain, craft, numbers::Rules},
};
use glam::IVec2;
use proptest::{array::uniform4, prelude::*};
use shared::{
    PlayerId, TickRate,
    game::{Entity, Replicate},
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader, Writer},
};

use crate::samples::{position, velocity};

/// A box of 20 by 15 tiles with a pillar.
pub(crate) fn terrain() -> Terrain {
    let (width, height) = (20u16, 15u16);
    let wall =
        |column, row| column == 0 || row == 0 || column == width - 1 || row == height - 1 || (column, row) == (9, 7);
    let walls = (0..height).flat_map(|row| (0..width).map(move |column| wall(column, row))).collect();
    let pickups = vec![PickupPlace { kind: PickupKind::Health, column: 4, row: 3 }];
    let map = Arc::new(Map::new("pillar".to_owned(), 64, width, height, walls, pickups));
    Terrain { map, rules: Rules::new(TickRate::new(30).expect("in range")) }
}

pub(crate) fn craft() -> impl Strategy<Value = CraftState> {
    // Half of them where the walls are, the rest anywhere.
    let near = (0..20_480i32, 0..15_360i32).prop_map(|(x, y)| IVec2::new(x, y));
    (prop_oneof![near, position()], velocity(), 0..=Heading::DIRECTIONS, uniform4(any::<u8>())).prop_map(
        |(position, velocity, heading, [aim, health, flags, _])| CraftState {
            position,
            velocity,
            heading: Heading::new(heading).expect("in range"),
            aim,
            health,
            flags: CraftFlags(flags),
        },
    )
}

fn shell() -> impl Strategy<Value = ShellState> {
    (position(), velocity(), 0..ROOM_PLAYERS_MAX as u16, any::<u8>(), any::<u16>()).prop_map(
        |(position, velocity, owner, bounces_left, ticks_left)| ShellState {
            position,
            velocity,
            owner: PlayerId(owner),
            bounces_left,
            ticks_left,
        },
    )
}

pub(crate) fn entity() -> impl Strategy<Value = EntityState> {
    prop_oneof![
        3 => craft().prop_map(EntityState::Craft),
        2 => shell().prop_map(EntityState::Shell),
        1 => (any::<u8>(), any::<bool>())
            .prop_map(|(place, available)| EntityState::Pickup(PickupState { place, available })),
    ]
}

fn encoded(encode: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode(&mut Writer::new(&mut bytes));
    bytes
}

/// Reads an operation and applies it to `baseline`, as a client does.
fn apply(baseline: EntityState, bytes: &[u8], terrain: &Terrain) -> Result<EntityState, DecodeError> {
    let mut input = Reader::new(bytes);
    let operation = input.u8("operation")?;
    let state = if operation >= full::CRAFT {
        EntityState::decode_full(operation, &mut input)?
    } else {
        let mut state = baseline;
        state.decode_delta(operation, terrain, &mut input)?;
        state
    };
    input.finish()?;
    Ok(state)
}

#[test]
fn a_turn_costs_three_bytes_with_its_gap() {
    let terrain = terrain();
    let position = terrain.map.tile_center(5, 5);
    let baseline = CraftState {
        position,
        velocity: IVec2::new(900, 0),
        heading: Heading::from_aim(0),
        aim: 0,
        health: 100,
        flags: CraftFlags::default(),
    };
    let mut truth = CraftState { heading: Heading::from_aim(512), ..baseline };
    craft::step(&mut truth, &terrain);
    let bytes = encoded(|out| {
        out.int(0u8);
        assert!(EntityState::Craft(truth).encode_delta(&EntityState::Craft(baseline), &terrain, out));
    });
    assert_eq!(bytes, [0, 1, 33]);
}

#[test]
fn a_dash_costs_its_bit() {
    let terrain = terrain();
    let baseline = CraftState {
        position: terrain.map.tile_center(5, 5),
        velocity: IVec2::ZERO,
        heading: Heading::from_aim(256),
        aim: 0,
        health: 100,
        flags: CraftFlags::default(),
    };
    let mut truth = baseline;
    craft::dash(&mut truth, &terrain);
    craft::step(&mut truth, &terrain);
    let bytes = encoded(|out| {
        EntityState::Craft(truth).encode_delta(&EntityState::Craft(baseline), &terrain, out);
    });
    assert_eq!(bytes, [16]);
    assert_eq!(apply(EntityState::Craft(baseline), &bytes, &terrain), Ok(EntityState::Craft(truth)));
}

#[test]
fn operations_that_fit_no_entity_are_refused() {
    let terrain = terrain();
    let shell =
        ShellState { position: IVec2::ZERO, velocity: IVec2::ZERO, owner: PlayerId(0), bounces_left: 0, ticks_left: 0 };
    let pickup = EntityState::Pickup(PickupState { place: 0, available: true });
    let unknown = |operation| Err(DecodeError::UnknownOperation { operation });
    assert_eq!(apply(pickup, &[67], &terrain), unknown(67), "no such kind");
    assert_eq!(apply(pickup, &[2, 1], &terrain), unknown(2), "a pickup has one bit");
    assert_eq!(apply(EntityState::Shell(shell), &[1], &terrain), unknown(1), "a shell has no delta");
}

#[test]
fn positions_and_velocities_are_limited_on_both_sides_of_their_edge() {
    let terrain = terrain();
    let craft = |x: i64, vx: i64| {
        encoded(|out| {
            out.int(full::CRAFT);
            for value in [x, -5, vx, 5, 0, 0, 100, 0] {
                out.int(value);
            }
        })
    };
    let pickup = EntityState::Pickup(PickupState { place: 0, available: true });
    let (position, velocity) = (1 << 20, 1 << 15);
    for (x, vx) in [(position, velocity), (-position, -velocity)] {
        assert!(apply(pickup, &craft(x, vx), &terrain).is_ok());
        let (x, vx) = (x + x.signum(), vx + vx.signum());
        for bytes in [craft(x, 0), craft(0, vx)] {
            let refused = apply(pickup, &bytes, &terrain).expect_err("one too far");
            assert_eq!(refused.label(), "out_of_range");
        }
    }
}

proptest! {
    #[test]
    fn whole_states_are_read_back(state in entity()) {
        let bytes = encoded(|out| state.encode_full(out));
        let before = EntityState::Pickup(PickupState { place: 0, available: false });
        prop_assert_eq!(apply(before, &bytes, &terrain()), Ok(state));
    }

    #[test]
    fn a_delta_turns_any_baseline_into_any_truth(baseline in craft(), truth in craft()) {
        let terrain = terrain();
        let (baseline, truth) = (EntityState::Craft(baseline), EntityState::Craft(truth));
        let bytes = encoded(|out| { truth.encode_delta(&baseline, &terrain, out); });
        prop_assert_eq!(apply(baseline, &bytes, &terrain), Ok(truth));
    }

    #[test]
    fn a_craft_that_only_steers_needs_no_motion(
        baseline in craft(), heading in 0..=64u8, aim: u8, health in 1u8.., flags: u8, dash: bool,
    ) {
        let terrain = terrain();
        let mut truth = CraftState {
            heading: Heading::new(heading).expect("in range"), aim, health, flags: CraftFlags(flags), ..baseline
        };
        if dash {
            craft::dash(&mut truth, &terrain);
        }
        craft::step(&mut truth, &terrain);
        let (baseline, truth) = (EntityState::Craft(baseline), EntityState::Craft(truth));
        let mut changed = false;
        let bytes = encoded(|out| changed = truth.encode_delta(&baseline, &terrain, out));
        if changed {
            prop_assert!(bytes[0] < 32, "mask {}", bytes[0]);
            prop_assert_eq!(apply(baseline, &bytes, &terrain), Ok(truth));
        } else {
            let mut run = baseline;
            run.step(&terrain);
            prop_assert_eq!(run, truth);
            prop_assert!(bytes.is_empty());
        }
    }

    #[test]
    fn a_pickup_tells_only_its_availability(place: u8, before: bool, after: bool) {
        let state = |available| EntityState::Pickup(PickupState { place, available });
        let mut changed = false;
        let bytes = encoded(|out| changed = state(after).encode_delta(&state(before), &terrain(), out));
        prop_assert_eq!(changed, before != after);
        if changed {
            prop_assert_eq!(apply(state(before), &bytes, &terrain()), Ok(state(after)));
        }
    }

    #[test]
    fn hashes_tell_states_and_ids_apart(state in entity(), id: u16, other in entity(), other_id: u16) {
        prop_assume!(state != other && id != other_id);
        prop_assert_eq!(state.hash(id), state.hash(id));
        prop_assert_ne!(state.hash(id), other.hash(id));
        prop_assert_ne!(state.hash(id), state.hash(other_id));
    }

    #[test]
    fn no_update_can_panic(baseline in entity(), bytes in prop::collection::vec(any::<u8>(), 0..40), steps in 0..50u8) {
        let terrain = terrain();
        if let Ok(mut state) = apply(baseline, &bytes, &terrain) {
            for _ in 0..steps {
                state.step(&terrain);
            }
            state.position(&terrain);
        }
    }
}

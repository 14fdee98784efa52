//! Entities: whole, changed, plain, hashed, run forward.

use std::sync::Arc;

use arena::{
    entity::{CraftFlags, CraftState, EntityState, PickupState, ShellState},
    input::Heading,
    map::{Map, PickupKind, PickupPlace},
    rules::{Terrain, numbers::Rules},
};
use glam::IVec2;
use proptest::{array::uniform3, prelude::*};
use shared::{
    PlayerId, TickRate,
    game::{Entity, Replicate},
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader},
};

use crate::{assert_same, codec::ByHand, encoded, spoil, spoils};

/// A box of 20 by 15 tiles with a pillar.
fn terrain() -> Terrain {
    let (width, height) = (20u16, 15u16);
    let wall =
        |column, row| column == 0 || row == 0 || column == width - 1 || row == height - 1 || (column, row) == (9, 7);
    let walls = (0..height).flat_map(|row| (0..width).map(move |column| wall(column, row))).collect();
    let pickups = vec![PickupPlace { kind: PickupKind::Health, column: 4, row: 3 }];
    let map = Arc::new(Map::new("pillar".to_owned(), 64, width, height, walls, pickups));
    Terrain { map, rules: Rules::new(TickRate::new(30).expect("in range")) }
}

fn vector(max: i32) -> impl Strategy<Value = IVec2> {
    (-max..=max, -max..=max).prop_map(|(x, y)| IVec2::new(x, y))
}

fn craft() -> impl Strategy<Value = CraftState> {
    // Half of them where the walls are, the rest anywhere.
    let near = (0..20_480i32, 0..15_360i32).prop_map(|(x, y)| IVec2::new(x, y));
    let heading = (0..=Heading::DIRECTIONS).prop_map(|heading| Heading::new(heading).expect("in range"));
    (prop_oneof![near, vector(1 << 20)], vector(1 << 15), heading, uniform3(any::<u8>())).prop_map(
        |(position, velocity, heading, [aim, health, flags])| CraftState {
            position,
            velocity,
            heading,
            aim,
            health,
            flags: CraftFlags(flags),
        },
    )
}

fn shell() -> impl Strategy<Value = ShellState> {
    let owner = (0..ROOM_PLAYERS_MAX as u16).prop_map(PlayerId);
    (vector(1 << 20), vector(1 << 15), owner, any::<u8>(), any::<u16>()).prop_map(
        |(position, velocity, owner, bounces_left, ticks_left)| ShellState {
            position,
            velocity,
            owner,
            bounces_left,
            ticks_left,
        },
    )
}

fn thing() -> impl Strategy<Value = EntityState> {
    prop_oneof![
        3 => craft().prop_map(EntityState::Craft),
        2 => shell().prop_map(EntityState::Shell),
        2 => (0..1u8, any::<bool>()).prop_map(|(place, available)| EntityState::Pickup(PickupState { place, available })),
    ]
}

/// A state that follows from a baseline by events of play: turns, hits, dashes, pushes.
fn next(
    baseline: EntityState,
    other: EntityState,
    [keeps, dashes, pushed]: [bool; 3],
    terrain: &Terrain,
) -> EntityState {
    let mut truth = baseline;
    match (&mut truth, other) {
        (EntityState::Craft(truth), EntityState::Craft(other)) => {
            if !keeps {
                *truth = CraftState { position: truth.position, velocity: truth.velocity, ..other };
            }
        }
        _ if keeps => {}
        _ => truth = other,
    }
    if dashes {
        truth.impulse(0, terrain);
    }
    truth.step(terrain);
    if let (EntityState::Craft(truth), true) = (&mut truth, pushed) {
        truth.velocity = (truth.velocity / 2).yx();
    }
    truth
}

trait Swapped {
    fn yx(self) -> Self;
}

impl Swapped for IVec2 {
    fn yx(self) -> Self {
        Self::new(self.y, self.x)
    }
}

/// Reads the operation of an update. 0, which removes an entity, is refused.
fn update(input: &mut Reader<'_>) -> Result<u8, DecodeError> {
    Ok(input.ranged("operation", 1, u8::MAX.into())? as u8)
}

/// Reads an update of `baseline`, as a client does.
fn apply(mut baseline: EntityState, bytes: &[u8], terrain: &Terrain) -> Result<EntityState, DecodeError> {
    let mut input = Reader::new(bytes);
    let operation = update(&mut input)?;
    if operation >= 64 {
        baseline = EntityState::decode_full(operation, &mut input)?;
    } else {
        baseline.decode_delta(operation, terrain, &mut input)?;
    }
    input.finish()?;
    Ok(baseline)
}

fn apply_by_hand(mut baseline: EntityState, bytes: &[u8], terrain: &Terrain) -> Result<EntityState, DecodeError> {
    let mut input = Reader::new(bytes);
    let operation = update(&mut input)?;
    if operation >= 64 {
        baseline = EntityState::decode_full_by_hand(operation, &mut input)?;
    } else {
        baseline.decode_delta_by_hand(operation, terrain, &mut input)?;
    }
    input.finish()?;
    Ok(baseline)
}

fn read_plain(bytes: &[u8]) -> Result<EntityState, DecodeError> {
    let mut input = Reader::new(bytes);
    let state = EntityState::decode_plain(input.u8("operation")?, &mut input)?;
    input.finish()?;
    Ok(state)
}

fn read_plain_by_hand(bytes: &[u8]) -> Result<EntityState, DecodeError> {
    let mut input = Reader::new(bytes);
    let state = EntityState::decode_plain_by_hand(input.u8("operation")?, &mut input)?;
    input.finish()?;
    Ok(state)
}

/// Owners that no room has are refused; the codec by hand accepted them.
fn has_owner_of_a_room(state: &Result<EntityState, DecodeError>) -> bool {
    !matches!(state, Ok(EntityState::Shell(shell)) if shell.owner.index() >= ROOM_PLAYERS_MAX)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whole_states_are_the_same(thing in thing(), id: u16) {
        let bytes = encoded(|out| thing.encode_full(out));
        prop_assert_eq!(&bytes, &encoded(|out| thing.encode_full_by_hand(out)));
        prop_assert_eq!(apply(thing, &bytes, &terrain()), Ok(thing));
        prop_assert_eq!(thing.hash(id), thing.hash_by_hand(id));
    }

    #[test]
    fn plain_states_are_the_same(thing in thing()) {
        let terrain = terrain();
        let bytes = encoded(|out| thing.encode_plain(&terrain, out));
        prop_assert_eq!(&bytes, &encoded(|out| thing.encode_plain_by_hand(&terrain, out)));
        let read = read_plain(&bytes);
        prop_assert!(read.is_ok());
        prop_assert_eq!(read, read_plain_by_hand(&bytes));
    }

    #[test]
    fn changes_are_the_same(baseline in thing(), other in thing(), happens: [bool; 3]) {
        let terrain = terrain();
        for truth in [other, next(baseline, other, happens, &terrain)] {
            let (mut changed, mut changed_by_hand) = (false, false);
            let bytes = encoded(|out| changed = truth.encode_delta(&baseline, &terrain, out));
            let bytes_by_hand = encoded(|out| changed_by_hand = truth.encode_delta_by_hand(&baseline, &terrain, out));
            prop_assert_eq!(&bytes, &bytes_by_hand);
            prop_assert_eq!(changed, changed_by_hand);
            if changed {
                prop_assert_eq!(apply(baseline, &bytes, &terrain), Ok(truth));
            }
            prop_assert_eq!(truth.is_cosmetic_change(&baseline), truth.differs_only_in_looks_by_hand(&baseline));
            prop_assert_eq!(truth.is_sent_once(), matches!(truth, EntityState::Shell(_)));
        }
    }

    #[test]
    fn truncated_updates_are_refused_alike(baseline in thing(), truth in thing(), end: prop::sample::Index) {
        let terrain = terrain();
        let mut updates = vec![encoded(|out| truth.encode_full(out))];
        updates.push(encoded(|out| _ = truth.encode_delta(&baseline, &terrain, out)));
        for mut bytes in updates {
            bytes.truncate(end.index(bytes.len() + 1));
            assert_same(apply(baseline, &bytes, &terrain), apply_by_hand(baseline, &bytes, &terrain), false);
        }
        let mut plain = encoded(|out| truth.encode_plain(&terrain, out));
        plain.truncate(end.index(plain.len() + 1));
        assert_same(read_plain(&plain), read_plain_by_hand(&plain), false);
    }

    #[test]
    fn spoiled_updates_are_understood_alike(baseline in thing(), truth in thing(), spoils in spoils()) {
        let terrain = terrain();
        let mut updates = vec![encoded(|out| truth.encode_full(out))];
        updates.push(encoded(|out| _ = truth.encode_delta(&baseline, &terrain, out)));
        for mut bytes in updates {
            spoil(&mut bytes, &spoils);
            let by_hand = apply_by_hand(baseline, &bytes, &terrain);
            if has_owner_of_a_room(&by_hand) {
                assert_same(apply(baseline, &bytes, &terrain), by_hand, true);
            }
        }
        let mut plain = encoded(|out| truth.encode_plain(&terrain, out));
        spoil(&mut plain, &spoils);
        let by_hand = read_plain_by_hand(&plain);
        if has_owner_of_a_room(&by_hand) {
            assert_same(read_plain(&plain), by_hand, true);
        }
    }

    #[test]
    fn any_bytes_are_understood_alike(baseline in thing(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let terrain = terrain();
        let by_hand = apply_by_hand(baseline, &bytes, &terrain);
        if has_owner_of_a_room(&by_hand) {
            assert_same(apply(baseline, &bytes, &terrain), by_hand, true);
        }
    }
}

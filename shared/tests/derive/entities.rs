//! Entities: the cost of each delta, and states that no delta can express.

use proptest::{collection::vec, prelude::*};
use shared::{
    PlayerId, Tick,
    game::{Entity, IVec2, Replicate},
    limits::ROOM_PLAYERS_MAX,
    wire::{DecodeError, Reader},
};

use crate::{
    by_serde, encoded,
    game::{Arrow, Balloon, Burner, Flag, Speed, Thing, Wind},
};

const BALLOON: Balloon = Balloon {
    position: IVec2::new(5, 6),
    velocity: IVec2::new(2_000, 0),
    burner: Burner::Low,
    gas: 500,
    facing: 250,
    lit: Tick(300),
    owner: PlayerId(3),
};

/// The delta from the balloon, a state one tick earlier, to `truth`; `None` if the full state must be sent.
fn change(truth: impl FnOnce(&mut Balloon), wind: i32) -> Option<Vec<u8>> {
    let wind = Wind(wind);
    let mut balloon = BALLOON;
    truth(&mut balloon);
    balloon.step(&wind);
    delta(Thing::Balloon(BALLOON), Thing::Balloon(balloon), &wind)
}

/// Checks the delta, and that a receiver decodes it.
fn delta(baseline: Thing, truth: Thing, wind: &Wind) -> Option<Vec<u8>> {
    let mut is_change = false;
    let bytes = encoded(|out| is_change = truth.encode_delta(&baseline, wind, out));
    if !is_change {
        assert!(bytes.is_empty());
        return None;
    }
    assert_eq!(apply(baseline, &bytes, wind), Ok(truth));
    Some(bytes)
}

fn apply(baseline: Thing, bytes: &[u8], wind: &Wind) -> Result<Thing, DecodeError> {
    let (mut state, mut input) = (baseline, Reader::new(bytes));
    state.decode_delta(input.u8("mask")?, wind, &mut input)?;
    input.finish()?;
    Ok(state)
}

#[test]
fn an_intent_costs_itself_whatever_the_motion_makes_of_it() {
    assert_eq!(change(|balloon| balloon.burner = Burner::High, 1), Some(vec![1, 2]));
}

#[test]
fn a_turn_takes_the_short_way_around() {
    assert_eq!(change(|balloon| balloon.facing = 4, 0), Some(vec![2, 10]));
    assert_eq!(change(|balloon| balloon.facing = 240, 0), Some(by_serde(&[2, -10])[1..].to_vec()));
}

#[test]
fn intents_come_in_order_of_declaration() {
    let all = |balloon: &mut Balloon| (balloon.lit, balloon.facing, balloon.burner) = (Tick(7), 251, Burner::Off);
    assert_eq!(change(all, 0), Some(vec![7, 0, 1, 7]));
}

#[test]
fn an_impulse_costs_its_bit() {
    assert_eq!(change(|balloon| _ = balloon.impulse(0, &Wind(0)), 0), Some(vec![8]));
    assert_eq!(change(|balloon| _ = balloon.impulse(1, &Wind(0)), 0), Some(vec![16]));
}

#[test]
fn an_impulse_that_is_impossible_is_not_tried() {
    let pushed = |balloon: &mut Balloon| (balloon.burner, balloon.velocity.x) = (Burner::Off, 77);
    assert_eq!(change(pushed, 0).expect("a change")[0], 1 | 32);
}

#[test]
fn other_motion_is_the_difference_to_running_forward() {
    let pushed = |balloon: &mut Balloon| balloon.velocity.y += 9;
    assert_eq!(change(pushed, 0), Some(vec![32, 0, 0, 0, 9, 0]));
}

#[test]
fn running_forward_costs_nothing() {
    assert_eq!(change(|_| {}, 3), None);
}

#[test]
fn what_never_changes_is_sent_whole_when_it_does() {
    assert_eq!(change(|balloon| balloon.owner = PlayerId(4), 0), None);
    let flag = |x| Thing::Flag(Flag { position: IVec2::new(x, 0), height: 1, worn: 0 });
    assert_eq!(delta(flag(1), flag(2), &Wind(0)), None);
}

#[test]
fn an_intent_that_the_step_changes_is_sent_whole() {
    let flag = |worn| Thing::Flag(Flag { position: IVec2::ZERO, height: 1, worn });
    assert_eq!(delta(flag(1), flag(2), &Wind(0)), Some(vec![1, 2]));
    assert_eq!(delta(flag(1), flag(2), &Wind(5)), None);
}

#[test]
fn what_is_sent_once_has_no_changes() {
    let arrow = |x| Thing::Arrow(Arrow { position: IVec2::new(x, 0), speed: Speed(1) });
    assert!(arrow(1).is_sent_once() && !Thing::Balloon(BALLOON).is_sent_once());
    assert_eq!(delta(arrow(1), arrow(9), &Wind(0)), None);
    assert_eq!(apply(arrow(1), &[1, 1], &Wind(0)), Err(DecodeError::UnknownOperation { operation: 1 }));
}

#[test]
fn another_kind_is_no_change() {
    let arrow = Thing::Arrow(Arrow { position: IVec2::ZERO, speed: Speed(1) });
    assert_eq!(delta(arrow, Thing::Balloon(BALLOON), &Wind(0)), None);
    assert!(!arrow.is_cosmetic_change(&Thing::Balloon(BALLOON)));
}

#[test]
fn masks_with_bits_of_no_field_are_refused() {
    let flag = Thing::Flag(Flag { position: IVec2::ZERO, height: 1, worn: 0 });
    assert_eq!(apply(flag, &[3, 1, 1], &Wind(0)).map(|_| ()), Ok(()));
    assert_eq!(apply(flag, &[4, 1], &Wind(0)), Err(DecodeError::UnknownOperation { operation: 4 }));
}

#[test]
fn cosmetic_changes_are_in_cosmetic_fields_alone() {
    let turned = Balloon { facing: 0, ..BALLOON };
    assert!(turned.is_cosmetic_change(&BALLOON));
    assert!(!Balloon { burner: Burner::Off, ..turned }.is_cosmetic_change(&BALLOON));
    let flag = Flag { position: IVec2::ZERO, height: 1, worn: 0 };
    assert!(!Flag { worn: 1, ..flag }.is_cosmetic_change(&flag), "nothing of it is cosmetic");
}

#[test]
fn layouts_are_as_documented() {
    let balloon = Thing::Balloon(BALLOON);
    let whole = by_serde(&[64, 5, 6, 2_000, 0, 1, 500, 250, 300, 3]);
    assert_eq!(encoded(|out| balloon.encode_full(out)), whole[1..]);
    let plain = by_serde(&[64, 5, 6, 2_000, 0, 1, 500, 250, 3]);
    assert_eq!(encoded(|out| balloon.encode_plain(&Wind(0), out)), plain[1..]);
    let arrow = Thing::Arrow(Arrow { position: IVec2::new(5, 6), speed: Speed(-7) });
    assert_eq!(encoded(|out| arrow.encode_full(out)), by_serde(&[65, 5, 6, -7])[1..]);
}

#[test]
fn what_is_unseen_reads_back_as_said() {
    let plain = encoded(|out| BALLOON.encode_plain(&Wind(0), out));
    let read = Balloon::decode_plain(64, &mut Reader::new(&plain[1..]));
    assert_eq!(read, Ok(Balloon { lit: Tick(9), ..BALLOON }));
}

#[test]
fn kinds_are_numbered_in_order_of_declaration() {
    assert_eq!(Thing::KINDS, 3);
    assert_eq!(Thing::Flag(Flag { position: IVec2::ZERO, height: 1, worn: 0 }).kind(), 2);
    let unknown = |operation| Err(DecodeError::UnknownOperation { operation });
    assert_eq!(Thing::decode_full(67, &mut Reader::new(&[1, 1, 1, 1])), unknown(67));
    assert_eq!(Thing::decode_plain(67, &mut Reader::new(&[1, 1, 1, 1])), unknown(67));
    assert_eq!(Thing::decode_full(63, &mut Reader::new(&[1, 1, 1, 1])), unknown(63));
}

#[test]
fn bounds_hold_on_both_sides_of_their_edge() {
    let gas = |difference: i64| apply(Thing::Balloon(BALLOON), &by_serde(&[32, 0, 0, 0, 0, difference])[1..], &Wind(0));
    // A tick uses one unit of fuel.
    assert!(gas(501).is_ok());
    assert_eq!(gas(502), Err(DecodeError::OutOfRange { field: "gas", value: 1_001, low: -1_000, high: 1_000 }));
    let speed = |speed: i64| Thing::decode_full(65, &mut Reader::new(&by_serde(&[0, 0, speed])[1..])).is_ok();
    assert_eq!([-51, -50, 50, 51].map(speed), [false, true, true, false]);
    let x = |x: i64| Thing::decode_full(65, &mut Reader::new(&by_serde(&[x, 0, 0])[1..])).is_ok();
    assert_eq!([1 << 20, (1 << 20) + 1].map(x), [true, false]);
    let owner = |owner: usize| {
        Thing::decode_full(64, &mut Reader::new(&by_serde(&[0, 0, 0, 0, 0, 0, 0, 0, owner as i64])[1..])).is_ok()
    };
    assert_eq!([ROOM_PLAYERS_MAX - 1, ROOM_PLAYERS_MAX].map(owner), [true, false], "it may be used as an index");
}

#[test]
fn enum_asks_the_entity_that_is_there() {
    let mut arrow = Thing::Arrow(Arrow { position: IVec2::new(960, 0), speed: Speed(20) });
    assert_eq!((arrow.importance(), Thing::Balloon(BALLOON).importance()), (8, 1));
    assert!(arrow.step(&Wind(0)) && !arrow.step(&Wind(0)), "it ends by itself");
    assert_eq!(arrow.position(&Wind(0)), IVec2::new(1_000, 0));
    assert!(Thing::Balloon(BALLOON).impulse(0, &Wind(0)) && !arrow.impulse(0, &Wind(0)));
}

fn vector() -> impl Strategy<Value = IVec2> {
    (-(1 << 20)..=1 << 20, -(1 << 20)..=1 << 20).prop_map(|(x, y)| IVec2::new(x, y))
}

fn balloon() -> impl Strategy<Value = Balloon> {
    let burner = prop_oneof![Just(Burner::Off), Just(Burner::Low), Just(Burner::High)];
    (vector(), vector(), burner, -1_000..=1_000, any::<u8>(), any::<u32>(), 0..2u16).prop_map(
        |(position, velocity, burner, gas, facing, lit, owner)| Balloon {
            position,
            velocity,
            burner,
            gas,
            facing,
            lit: Tick(lit),
            owner: PlayerId(owner),
        },
    )
}

fn thing() -> impl Strategy<Value = Thing> {
    prop_oneof![
        balloon().prop_map(Thing::Balloon),
        (vector(), -50..=50i8).prop_map(|(position, speed)| Thing::Arrow(Arrow { position, speed: Speed(speed) })),
        (vector(), any::<u32>(), any::<u8>()).prop_map(|(position, height, worn)| Thing::Flag(Flag {
            position,
            height,
            worn
        })),
    ]
}

proptest! {
    #[test]
    fn whole_states_are_read_back(thing in thing()) {
        let bytes = encoded(|out| thing.encode_full(out));
        let mut input = Reader::new(&bytes);
        prop_assert_eq!(input.u8("operation"), Ok(64 + thing.kind()));
        prop_assert_eq!(Thing::decode_full(64 + thing.kind(), &mut input), Ok(thing));
        prop_assert!(input.is_empty());
    }

    #[test]
    fn a_change_turns_any_baseline_into_any_truth(baseline in balloon(), truth in balloon(), wind in -99..99) {
        let change = delta(Thing::Balloon(baseline), Thing::Balloon(truth), &Wind(wind));
        prop_assert!(change.is_some() == (baseline.owner == truth.owner));
    }

    #[test]
    fn hashes_tell_states_and_ids_apart(thing in thing(), other in thing(), id: u16, other_id: u16) {
        prop_assume!(thing != other && id != other_id);
        prop_assert_ne!(thing.hash(id), other.hash(id));
        prop_assert_ne!(thing.hash(id), thing.hash(other_id));
    }

    #[test]
    fn no_bytes_can_panic(thing in thing(), bytes in vec(any::<u8>(), 0..40), mask in 1..64u8, wind in -99..99) {
        let mut changed = thing;
        let _ = changed.decode_delta(mask, &Wind(wind), &mut Reader::new(&bytes));
        for operation in 64..68 {
            let _ = Thing::decode_full(operation, &mut Reader::new(&bytes));
            let _ = Thing::decode_plain(operation, &mut Reader::new(&bytes));
        }
    }
}

//! Pickups: which craft takes them, and their effects.

use glam::IVec2;

use super::stage::stage;
use crate::{entity::CraftFlags, map::PickupKind};
use shared::quantize::POSITION_PER_PX;

/// A pickup of each kind in a row, and free corners for crafts that wait.
const STORE: &[&str] = &["s.........", "..........", ".+.*.o.!..", "..........", "s........s"];

/// The middle of a pickup's tile, px.
fn place_of(kind: PickupKind) -> (i32, i32) {
    (64 + 32 + 128 * kind as i32, 2 * 64 + 32)
}

#[test]
fn pickups_give_what_they_promise() {
    let mut stage = stage(STORE, 1);
    stage.craft_mut(0).health = 30;
    for kind in [PickupKind::Health, PickupKind::Rapid, PickupKind::Shield, PickupKind::Rail] {
        let (x, y) = place_of(kind);
        stage.place(0, x, y);
        stage.run(1);
        assert!(!stage.world.pickup_available(kind as usize));
    }
    let (own, rules) = (stage.own(0), stage.rules());
    assert_eq!(stage.craft(0).health, 80);
    assert_eq!(own.rapid_ticks, rules.rapid_ticks - 2, "two ticks have passed since");
    assert_eq!((own.shield, own.rail_shots), (rules.shield_points, rules.rail_shots));
    let flags = stage.craft(0).flags;
    assert!([CraftFlags::RAPID, CraftFlags::SHIELD, CraftFlags::RAIL].into_iter().all(|flag| flags.contains(flag)));
}

#[test]
fn pickup_is_not_wasted_on_who_needs_none() {
    let mut stage = stage(STORE, 1);
    let (x, y) = place_of(PickupKind::Health);
    stage.place(0, x, y);
    stage.run(5);
    assert!(stage.world.pickup_available(0));
    stage.craft_mut(0).health = 70;
    stage.run(1);
    assert_eq!(stage.craft(0).health, 100);
}

#[test]
fn taken_pickup_returns_after_its_time() {
    let mut stage = stage(STORE, 1);
    let (x, y) = place_of(PickupKind::Shield);
    stage.place(0, x, y);
    stage.run(1);
    stage.place(0, 20, 20);
    let absent = (0..).take_while(|_| {
        stage.run(1);
        !stage.world.pickup_available(2)
    });
    assert_eq!(absent.count() + 1, usize::from(stage.rules().pickup_return_ticks));
}

#[test]
fn nearest_craft_gets_it_and_reach_is_34_px() {
    let mut stage = stage(STORE, 2);
    let (x, y) = place_of(PickupKind::Rail);
    stage.place(0, x - 35, y).place(1, x + 200, y);
    stage.run(1);
    assert!(stage.world.pickup_available(3));
    stage.place(0, x - 34, y).place(1, x + 33, y);
    stage.run(1);
    assert_eq!((stage.own(0).rail_shots, stage.own(1).rail_shots), (0, 3));
}

#[test]
fn nearest_of_those_with_a_use_gets_it() {
    let mut stage = stage(STORE, 3);
    let (x, y) = place_of(PickupKind::Health);
    // The nearest craft is unhurt, the farthest is hurt most.
    stage.place(0, x, y).place(1, x + 10, y).place(2, x + 20, y);
    stage.craft_mut(1).health = 70;
    stage.craft_mut(2).health = 10;
    stage.run(1);
    assert_eq!([0, 1, 2].map(|seat| stage.craft(seat).health), [100, 100, 10]);
    assert!(!stage.world.pickup_available(0));
}

#[test]
fn of_two_at_the_same_distance_no_seat_always_gets_it() {
    let taker = |ticks_before: u32| {
        let mut stage = stage(STORE, 2);
        stage.run(ticks_before);
        let (x, y) = place_of(PickupKind::Rail);
        stage.place(0, x - 20, y).place(1, x + 20, y);
        stage.run(1);
        u16::from(stage.own(1).rail_shots > 0)
    };
    let takers: std::collections::BTreeSet<_> = (0..8).map(taker).collect();
    assert_eq!(takers.into_iter().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn wreck_takes_nothing() {
    let mut stage = stage(STORE, 1);
    let (x, y) = place_of(PickupKind::Rapid);
    stage.place(0, x, y).craft_mut(0).health = 0;
    stage.own_mut(0).respawn_ticks = 10;
    stage.run(5);
    assert!(stage.world.pickup_available(1));
    assert_eq!(stage.craft(0).position, IVec2::new(x, y) * POSITION_PER_PX);
}

//! Random play, and invariants that must always hold.

use shared::game::Game;
use shared::game::{Entity, Own, Replicate};
use std::collections::BTreeMap;

use super::stage::{RUINS, Stage, any_input, config};
use crate::rules::{Mode, numbers::CRAFT_HALF, world::WorldConfig};
use crate::{entity::EntityState, input::Buttons};
use shared::{EntityId, rng::Rng, wire::Writer};

/// Eight players with random inputs for two minutes; `check` receives the states before and after each tick.
fn play(
    seed: u64,
    mut check: impl FnMut(&Stage, &BTreeMap<EntityId, EntityState>, &BTreeMap<EntityId, EntityState>),
) -> Stage {
    let mut stage = Stage::new(RUINS, 8, WorldConfig { score_limit: 0, match_secs: 0, ..config(Mode::Deathmatch) });
    let mut rng = Rng::new(seed);
    let mut before: BTreeMap<_, _> = stage.world.entities().collect();
    for _ in 0..2 * 60 * 30 {
        for input in &mut stage.inputs {
            if rng.chance(1, 5) {
                *input = any_input(&mut rng, 40);
            }
        }
        stage.run(1);
        let after: BTreeMap<_, _> = stage.world.entities().collect();
        check(&stage, &before, &after);
        before = after;
    }
    stage
}

#[test]
fn steering_and_dashing_are_no_surprise_to_who_runs_ahead() {
    // Bit 32 of a craft's mask says that its motion was corrected.
    let mut corrected = 0;
    let mut dashes = 0;
    let stage = play(1, |stage, before, after| {
        for (id, truth) in after {
            let (EntityState::Craft(now), Some(EntityState::Craft(then))) = (truth, before.get(id)) else { continue };
            let mut bytes = Vec::new();
            if !truth.encode_delta(&before[id], stage.world.terrain(), &mut Writer::new(&mut bytes)) {
                continue;
            }
            dashes += u32::from(bytes[0] & 16 != 0);
            if bytes[0] & 32 != 0 {
                corrected += 1;
                assert_ne!(now.is_alive(), then.is_alive(), "{id:?} lives on, {then:?} became {now:?}");
            }
        }
    });
    let deaths = stage.kills().len();
    assert!(deaths > 20, "{deaths} deaths");
    assert!(dashes > 200, "{dashes} dashes");
    assert!(corrected <= 2 * deaths, "{corrected} corrections for {deaths} deaths");
}

#[test]
fn shell_is_born_at_rest_then_flies_as_foretold() {
    let (mut births, mut ends) = (0, 0);
    let stage = play(2, |stage, before, after| {
        let shells = |entities: &BTreeMap<EntityId, EntityState>| -> BTreeMap<EntityId, EntityState> {
            let shells = entities.iter().filter(|(_, state)| matches!(state, EntityState::Shell(_)));
            shells.map(|(id, state)| (*id, *state)).collect()
        };
        let (before, after) = (shells(before), shells(after));
        for (id, state) in &after {
            let EntityState::Shell(now) = state else { unreachable!() };
            match before.get(id) {
                Some(then) => {
                    let mut foretold = *then;
                    assert!(foretold.step(stage.world.terrain()), "{then:?} should have ended");
                    assert_eq!(foretold, *state);
                }
                None => {
                    births += 1;
                    assert_eq!(
                        now.ticks_left,
                        stage.rules().shell_life_ticks,
                        "a slot was filled in the tick it fell free"
                    );
                }
            }
        }
        ends += before.keys().filter(|id| !after.contains_key(id)).count();
    });
    assert!(births > 1_000 && ends > 1_000, "{births} births, {ends} ends");
    assert!(stage.hits().len() > 100);
}

#[test]
fn nothing_is_ever_in_a_wall_or_faster_than_allowed() {
    play(3, |stage, _, after| {
        let (map, motion) = (&stage.world.terrain().map, stage.rules().motion);
        for state in after.values() {
            let (position, half) = match state {
                EntityState::Craft(craft) => {
                    assert!(craft.velocity.abs().max_element() <= motion.speed_max);
                    (craft.position, CRAFT_HALF)
                }
                EntityState::Shell(shell) => {
                    let speed = shell.velocity.as_vec2().length();
                    assert!((speed - motion.shell_speed as f32).abs() < 2.0, "a bounce changed the speed to {speed}");
                    (shell.position, 0)
                }
                EntityState::Pickup(_) => continue,
            };
            for corner in [(-half, -half), (half - 1, -half), (-half, half - 1), (half - 1, half - 1)] {
                let corner = (position + glam::IVec2::from(corner).max(glam::IVec2::splat(-half))) / map.tile_units();
                assert!(!map.is_wall(corner.x, corner.y), "{state:?}");
            }
        }
    });
}

#[test]
fn own_timers_run_by_themselves_or_by_an_action() {
    let mut last = None;
    play(4, |stage, before, after| {
        let own = stage.own(0);
        if let Some(mut foretold) = last.replace(own) {
            foretold.step();
            let id = EntityId(0);
            let (EntityState::Craft(then), EntityState::Craft(now)) = (before[&id], after[&id]) else { unreachable!() };
            let acted = stage.inputs[0].is_some_and(|input| input.input.buttons != Buttons::NONE);
            let given = now.flags != then.flags || now.health != then.health;
            let hit = stage
                .events
                .iter()
                .rev()
                .take(40)
                .any(|(_, event)| matches!(event, crate::event::Event::Hit { victim, .. } if victim.0 == 0));
            let returned = after.keys().any(|id| matches!((before.get(id), after[id]), (Some(EntityState::Pickup(then)), EntityState::Pickup(now)) if then.available && !now.available));
            assert!(own == foretold || acted || given || hit || returned, "{foretold:?} became {own:?}");
        }
    });
}

#[test]
fn same_seed_and_inputs_give_the_same_world() {
    let hashes = |seed| {
        let mut hashes = Vec::new();
        play(seed, |stage, _, _| hashes.push(stage.world.hash()));
        hashes
    };
    let (one, other) = (hashes(5), hashes(5));
    assert_eq!(one, other);
    assert_ne!(one.last(), hashes(6).last());
}

#[test]
fn ids_are_in_order_and_each_finds_its_entity() {
    play(7, |stage, _, _| {
        let ids: Vec<_> = stage.world.entities().map(|(id, _)| id).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
        assert!(ids.last().unwrap().index() < stage.world.slots().all);
        for (id, state) in stage.world.entities() {
            assert_eq!(stage.world.entity(id), Some(state));
        }
        let all = (0..stage.world.slots().all).filter(|&id| stage.world.entity(EntityId(id as u16)).is_some());
        assert_eq!(all.count(), ids.len());
    });
}

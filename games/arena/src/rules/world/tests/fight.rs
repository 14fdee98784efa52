//! Guns, hits, shields, deaths.

use super::stage::{DOWN, HALL, LEFT, RIGHT, Stage, UP, config, stage};
use crate::event::Event;
use crate::{
    entity::CraftFlags,
    input::{Buttons, Heading},
};
use crate::{own::OwnState, rules::Mode};
use shared::game::Game;
use shared::quantize::POSITION_PER_PX;

#[test]
fn shell_hits_who_is_in_its_way() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.shoot(0, RIGHT);
    stage.run(30);
    assert_eq!(stage.hits(), [(0, 1, 20)]);
    assert_eq!(stage.craft(1).health, 80);
    assert!(stage.world.shells.is_empty());
}

#[test]
fn shell_misses_who_is_beside_its_way() {
    let mut stage = stage(HALL, 2);
    // The radius of a hit is 16 px.
    stage.place(0, 100, 200).place(1, 300, 217);
    stage.shoot(0, RIGHT);
    stage.run(10);
    assert_eq!(stage.hits(), []);
    stage.place(1, 300, 215);
    stage.shoot(0, RIGHT);
    stage.run(10);
    assert_eq!(stage.hits(), [(0, 1, 20)]);
}

#[test]
fn fifth_hit_kills_scores_and_leaves_a_wreck() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.fire(0, RIGHT);
    while stage.kills().is_empty() {
        stage.run(1);
    }
    assert_eq!(stage.kills(), [(0, 1)]);
    assert_eq!((stage.score(0), stage.score(1)), ((1, 0), (0, 1)));
    let wreck = stage.craft(1);
    assert_eq!((wreck.health, wreck.velocity, wreck.heading), (0, glam::IVec2::ZERO, Heading::NONE));
    assert_eq!(stage.own(1), OwnState { respawn_ticks: stage.rules().respawn_ticks, ..OwnState::default() });
}

#[test]
fn wreck_waits_then_returns_whole_and_protected() {
    let mut stage = stage(HALL, 2);
    stage.own_mut(1).rail_shots = 3;
    stage.own_mut(1).rapid_ticks = 200;
    stage.place(0, 100, 200).place(1, 300, 200).craft_mut(1).health = 1;
    stage.shoot(0, RIGHT);
    while stage.kills().is_empty() {
        stage.run(1);
    }
    stage.hold(1, Heading::from_aim(UP), UP, Buttons::FIRE);
    stage.run(u32::from(stage.rules().respawn_ticks) - 1);
    assert_eq!(stage.craft(1).health, 0);
    assert_eq!(stage.craft(1).position, glam::IVec2::new(300, 200) * POSITION_PER_PX);
    stage.release(1);
    stage.run(1);
    assert_eq!(stage.craft(1).health, 100);
    assert_eq!(stage.craft(1).flags, CraftFlags::PROTECTED);
    let protection_ticks = stage.rules().protection_ticks;
    assert_eq!(stage.own(1), OwnState { protection_ticks, ..OwnState::default() });
}

#[test]
fn protected_craft_is_not_hurt_until_it_fires_or_time_is_up() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.own_mut(1).protection_ticks = 100;
    stage.shoot(0, RIGHT);
    stage.run(29);
    assert_eq!(stage.hits(), []);
    assert!(stage.craft(1).flags.contains(CraftFlags::PROTECTED));
    stage.world.shells.clear(None, stage.world.tick);
    stage.shoot(1, UP);
    assert!(!stage.craft(1).flags.contains(CraftFlags::PROTECTED));
    stage.shoot(0, RIGHT);
    stage.run(15);
    assert_eq!(stage.hits(), [(0, 1, 20)]);
}

#[test]
fn own_shell_passes_until_it_has_bounced_then_it_hurts() {
    let mut stage = stage(HALL, 1);
    stage.place(0, 500, 200);
    stage.shoot(0, RIGHT);
    assert_eq!(stage.hits(), []);
    stage.run(30);
    assert_eq!(stage.hits(), [(0, 0, 20)]);
}

#[test]
fn killing_oneself_costs_a_point() {
    let mut stage = stage(HALL, 1);
    stage.place(0, 500, 200).craft_mut(0).health = 20;
    stage.shoot(0, RIGHT);
    stage.run(30);
    assert_eq!(stage.kills(), [(0, 0)]);
    assert_eq!(stage.score(0), (-1, 1));
}

#[test]
fn shell_ricochets_into_its_victim() {
    // Up and to the right: off the ceiling, down again.
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 500, 200);
    stage.shoot(0, 1_024 - 128);
    stage.run(40);
    assert_eq!(stage.hits(), [(0, 1, 20)]);
}

#[test]
fn gun_fires_at_its_rate_and_rapid_fire_at_another() {
    let mut stage = stage(HALL, 1);
    stage.place(0, 100, 200);
    stage.fire(0, RIGHT);
    let births = |stage: &mut Stage, ticks: u32| {
        (0..ticks)
            .filter(|_| {
                let before = stage.world.shells.cursor();
                stage.run(1);
                stage.world.shells.clear(None, stage.world.tick);
                stage.world.shells.cursor() != before
            })
            .count()
    };
    // 220 ms are 7 ticks, 100 ms are 3.
    assert_eq!(births(&mut stage, 70), 10);
    stage.own_mut(0).rapid_ticks = 31;
    assert_eq!(births(&mut stage, 30), 10);
}

#[test]
fn shield_absorbs_before_health_does() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.own_mut(1).shield = 50;
    stage.fire(0, RIGHT);
    while stage.hits().len() < 3 {
        stage.run(1);
    }
    // 20 and 20 from the shield, then its last 10 and 10 from the hull.
    assert_eq!((stage.own(1).shield, stage.craft(1).health), (0, 90));
    assert!(!stage.craft(1).flags.contains(CraftFlags::SHIELD));
}

#[test]
fn team_mates_do_not_hurt_each_other() {
    let mut stage = Stage::new(HALL, 3, config(Mode::TeamDeathmatch));
    let team = |stage: &Stage, seat: u16| stage.world.team(crate::PlayerId(seat));
    assert_eq!(team(&stage, 0), team(&stage, 2));
    assert_ne!(team(&stage, 0), team(&stage, 1));
    stage.place(0, 100, 200).place(2, 200, 200).place(1, 300, 200);
    stage.shoot(0, RIGHT);
    stage.run(20);
    assert_eq!(stage.hits(), [(0, 1, 20)], "the shell passes the mate and hits the enemy");
    stage.own_mut(0).rail_shots = 1;
    stage.shoot(0, RIGHT);
    assert_eq!(stage.hits()[1..], [(0, 1, 70)], "so does the rail");
}

#[test]
fn rail_hits_the_nearest_at_once_and_no_farther() {
    let mut stage = stage(HALL, 3);
    stage.place(0, 100, 200).place(1, 300, 205).place(2, 400, 200);
    stage.own_mut(0).rail_shots = 1;
    stage.shoot(0, RIGHT);
    assert_eq!(stage.hits(), [(0, 1, 70)]);
    let rail = stage.events.iter().find_map(|(_, event)| match *event {
        Event::Rail { from, to, .. } => Some((from.x / POSITION_PER_PX, to.x / POSITION_PER_PX)),
        _ => None,
    });
    // The beam ends where it is nearest to the craft, at its middle.
    assert!(matches!(rail, Some((120, 299..=300))), "{rail:?}");
    assert_eq!(stage.own(0).rail_shots, 0);
    assert_eq!(stage.own(0).fire_ticks, stage.rules().rail_ticks);
}

#[test]
fn rail_does_not_pass_walls() {
    let mut stage = stage(&["s.#..", "..#..", "..#..", "....s"], 2);
    stage.place(0, 60, 90).place(1, 260, 90);
    stage.own_mut(0).rail_shots = 1;
    stage.shoot(0, RIGHT);
    assert_eq!(stage.hits(), []);
    assert!(stage.events.iter().any(|(_, event)| matches!(event, Event::Rail { to, .. } if to.x == 128 * 16 - 1)));
}

/// The target dashes down past the beam; the shooter has a view age of `view_age` quarters of a tick.
fn rail_at_a_flying_target(ticks_flown: u32, view_age: u8) -> bool {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 100).place(1, 400, 100);
    stage.run(8);
    stage.hold(1, Heading::from_aim(DOWN), DOWN, Buttons::DASH);
    stage.run(ticks_flown);
    stage.own_mut(0).rail_shots = 1;
    stage.fire(0, RIGHT);
    stage.inputs[0].as_mut().unwrap().view_age = view_age;
    stage.run(1);
    !stage.hits().is_empty()
}

#[test]
fn rail_hits_what_the_shooter_saw() {
    // After two ticks it is 30 px away; then the tick of the shot passes.
    assert!(!rail_at_a_flying_target(2, 0));
    assert!(!rail_at_a_flying_target(2, 4));
    assert!(rail_at_a_flying_target(2, 12));
    // Between the first tick and the start there are quarters: 22 px, 16 px, 11 px.
    assert!(!rail_at_a_flying_target(2, 8));
    assert!(rail_at_a_flying_target(2, 10));
}

#[test]
fn rail_rewinds_no_farther_than_200_ms() {
    // 200 ms are 6 ticks: a craft that left 5 ticks ago is hit (with the tick of the shot), one that left 6 ago is not.
    assert!(rail_at_a_flying_target(5, 24));
    assert!(rail_at_a_flying_target(5, 255));
    assert!(!rail_at_a_flying_target(7, 255));
}

#[test]
fn dash_has_to_cool_down() {
    let mut stage = stage(HALL, 1);
    stage.place(0, 100, 200);
    stage.hold(0, Heading::from_aim(RIGHT), RIGHT, Buttons::DASH);
    stage.run(1);
    let dashed = stage.craft(0).velocity.x;
    assert!(dashed > stage.rules().motion.dash / 2);
    let dash_ticks = stage.rules().dash_ticks;
    assert_eq!(stage.own(0).dash_ticks, dash_ticks);
    stage.run(u32::from(dash_ticks) - 1);
    assert_eq!(stage.own(0).dash_ticks, 1);
    stage.run(1);
    assert_eq!(stage.own(0).dash_ticks, dash_ticks);
}

#[test]
fn dash_without_a_heading_is_kept() {
    let mut stage = stage(HALL, 1);
    stage.hold(0, Heading::NONE, LEFT, Buttons::DASH);
    stage.run(1);
    assert_eq!(stage.own(0).dash_ticks, 0);
}

#[test]
fn gun_at_a_wall_shoots_from_before_it() {
    let mut stage = stage(HALL, 1);
    stage.place(0, 626, 200);
    stage.shoot(0, RIGHT);
    let (_, shell) = stage.world.shells.iter().next().unwrap();
    assert_eq!(shell.position.x, 640 * POSITION_PER_PX - 1);
}

#[test]
fn leaving_player_leaves_nothing_behind() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 300);
    stage.shoot(0, RIGHT);
    stage.world.remove_player(crate::PlayerId(0));
    assert!(stage.world.entities().all(|(id, _)| id.0 == 1));
    stage.run(3);
    assert_eq!(stage.world.standings().count(), 1);
}

/// Two crafts face each other, each one hit from death, and both fire the rail in the same tick.
fn rail_duel(ticks_before: u32) -> Stage {
    let mut stage = stage(HALL, 2);
    stage.run(ticks_before);
    stage.place(0, 100, 200).place(1, 300, 200);
    for (seat, aim) in [(0, RIGHT), (1, LEFT)] {
        stage.craft_mut(seat).health = 1;
        stage.own_mut(seat).rail_shots = 1;
        stage.fire(seat, aim);
    }
    stage.run(1);
    stage
}

#[test]
fn two_who_shoot_each_other_with_the_rail_in_one_tick_both_die() {
    // The seat that comes first changes with the tick, so both orders are tested.
    for ticks_before in 0..8 {
        let stage = rail_duel(ticks_before);
        let mut kills = stage.kills();
        kills.sort_unstable();
        assert_eq!(kills, [(0, 1), (1, 0)]);
        assert_eq!((stage.score(0), stage.score(1)), ((1, 1), (1, 1)));
    }
}

#[test]
fn two_whose_shells_hit_in_one_tick_both_die() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    for (seat, aim) in [(0, RIGHT), (1, LEFT)] {
        stage.craft_mut(seat).health = 1;
        stage.fire(seat, aim);
    }
    stage.run(1);
    stage.release(0);
    stage.release(1);
    stage.run(20);
    let mut kills = stage.kills();
    kills.sort_unstable();
    assert_eq!(kills, [(0, 1), (1, 0)]);
}

#[test]
fn one_whom_a_shell_kills_still_fires_in_that_tick() {
    // The shell of 0 arrives in a tick in which 1 fires its rail: both shots were on their way.
    let arrival = {
        let mut stage = stage(HALL, 2);
        stage.place(0, 100, 200).place(1, 300, 200);
        stage.shoot(0, RIGHT);
        (1..).find(|_| {
            stage.run(1);
            !stage.hits().is_empty()
        })
    };
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.craft_mut(1).health = 1;
    stage.shoot(0, RIGHT);
    stage.run(arrival.unwrap() - 1);
    stage.own_mut(1).rail_shots = 1;
    stage.fire(1, LEFT);
    stage.run(1);
    assert_eq!(stage.hits(), [(0, 1, 1), (1, 0, 70)]);
}

#[test]
fn protection_ends_with_the_tick_of_the_shot_whatever_the_seat() {
    for protected in [0, 1] {
        let mut stage = stage(HALL, 2);
        stage.place(0, 100, 200).place(1, 300, 200);
        stage.own_mut(protected).protection_ticks = 100;
        for (seat, aim) in [(0, RIGHT), (1, LEFT)] {
            stage.own_mut(seat).rail_shots = 1;
            stage.fire(seat, aim);
        }
        stage.run(1);
        assert_eq!(stage.hits(), [(protected, 1 - protected, 70)]);
        assert_eq!(stage.own(protected).protection_ticks, 0);
    }
}

#[test]
fn of_several_who_kill_in_one_tick_no_seat_always_comes_first() {
    let killer = |ticks_before: u32| {
        let mut stage = stage(HALL, 3);
        stage.run(ticks_before);
        stage.place(0, 100, 200).place(1, 500, 200).place(2, 300, 200).craft_mut(2).health = 1;
        for (seat, aim) in [(0, RIGHT), (1, LEFT)] {
            stage.own_mut(seat).rail_shots = 1;
            stage.fire(seat, aim);
        }
        stage.run(1);
        assert_eq!(stage.kills().len(), 1, "one death is one kill");
        stage.kills()[0].0
    };
    let mut killers: Vec<_> = (0..8).map(killer).collect();
    killers.sort_unstable();
    killers.dedup();
    assert_eq!(killers, [0, 1]);
}

/// Craft 0 hits craft 1, which leaves after this many ticks.
fn leaving_after_a_hit(ticks: u32) -> Stage {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200);
    stage.shoot(0, RIGHT);
    while stage.hits().is_empty() {
        stage.run(1);
    }
    stage.run(ticks);
    stage.world.remove_player(crate::PlayerId(1));
    stage.run(1);
    stage
}

#[test]
fn leaving_soon_after_a_hit_is_a_kill() {
    let credit_ticks = u32::from(stage(HALL, 1).rules().kill_credit_ticks);
    for ticks in [0, credit_ticks - 1] {
        let stage = leaving_after_a_hit(ticks);
        assert_eq!(stage.kills(), [(0, 1)]);
        assert_eq!(stage.score(0), (1, 0));
    }
    let stage = leaving_after_a_hit(credit_ticks);
    assert_eq!((stage.kills(), stage.score(0)), (vec![], (0, 0)));
}

#[test]
fn kill_of_one_who_leaves_goes_to_the_last_who_hit_it_if_still_there() {
    let mut stage = stage(HALL, 3);
    stage.place(0, 100, 200).place(1, 300, 200).place(2, 500, 200);
    for (seat, aim) in [(0, RIGHT), (2, LEFT)] {
        stage.own_mut(seat).rail_shots = 1;
        stage.craft_mut(1).health = 100;
        stage.shoot(seat, aim);
    }
    assert_eq!(stage.hits(), [(0, 1, 70), (2, 1, 70)]);
    let mut without = stage.world.clone();
    stage.world.remove_player(crate::PlayerId(1));
    stage.run(1);
    assert_eq!(stage.kills(), [(2, 1)]);
    // The last hit does not count for the next player in the shooter's seat.
    without.remove_player(crate::PlayerId(2));
    without.add_player(crate::PlayerId(2));
    without.remove_player(crate::PlayerId(1));
    assert!(std::iter::from_fn(|| without.poll_event()).all(|(_, event)| !matches!(event, Event::Killed { .. })));
}

#[test]
fn wreck_that_leaves_was_killed_once() {
    let mut stage = stage(HALL, 2);
    stage.place(0, 100, 200).place(1, 300, 200).craft_mut(1).health = 1;
    stage.own_mut(0).rail_shots = 1;
    stage.shoot(0, RIGHT);
    stage.world.remove_player(crate::PlayerId(1));
    stage.run(1);
    assert_eq!((stage.kills(), stage.score(0)), (vec![(0, 1)], (1, 0)));
}

//! Scenarios of players and links in the arena, one thing at a time.

mod cheating;
mod lag_compensation;
mod links;
mod long_life;
mod spectating;

use std::time::Duration;

use arena::{
    entity::{CraftState, EntityState},
    event,
    rules::Mode,
};
use client::ClientEvent;
use harness::{ArenaSim, Behavior, PlayerOptions, Scenario, Transport, maps, script, sim};
use shared::game::{Game, Map};
use shared::wire::{ClientMessage, DisconnectReason, Event, InputMessage, kind};

/// A player's own craft, as it sees it.
fn own_craft(arena: &Scenario, number: usize) -> CraftState {
    match arena.view(number).entity(arena::craft_of(arena.seat(number))) {
        Some(EntityState::Craft(craft)) => *craft,
        other => panic!("player {number} sees {other:?} where its craft should be"),
    }
}

/// Asserts that all views are true.
fn check(arena: &Scenario) {
    arena.assert_sane();
    for number in arena.present() {
        arena.assert_truthful(number);
    }
}

fn kills(arena: &Scenario, number: usize) -> Vec<&event::Event> {
    arena.player(number).seen().filter(|event| matches!(event, event::Event::Killed { .. })).collect()
}

mod joining {
    use super::*;

    #[test]
    fn player_sees_the_roster_and_its_own_craft() {
        let arena = sim().players(3).behavior(Behavior::Idle).run_secs(1);
        for number in 0..3 {
            let names: Vec<_> =
                arena.player(number).client().roster().iter().map(|(_, who)| who.name.as_str()).collect();
            assert_eq!(names, ["player 0", "player 1", "player 2"]);
            assert!(own_craft(&arena, number).is_alive());
            arena.assert_roster(number);
        }
        check(&arena);
    }

    #[test]
    fn first_player_of_an_empty_room_sees_itself_and_the_pickups() {
        let arena = sim().players(1).behavior(Behavior::Idle).run_secs(1);
        let view = arena.view(0);
        assert_eq!(view.len(), 1 + view.map().expect("a map was sent").map.pickups().len());
        check(&arena);
    }

    #[test]
    fn late_player_sees_everything_within_a_second() {
        for reliable in [true, false] {
            let mut arena = sim().players(8).reliable(reliable).behavior(Behavior::Fight).run_secs(10);
            let late = arena.join();
            arena.run_secs(1);
            assert!(arena.view(late).len() >= 9, "it sees {}", arena.view(late).len());
            check(&arena);
        }
    }

    #[test]
    fn full_room_refuses_in_words() {
        let arena = sim().players(3).seats(2).run_secs(1);
        assert_eq!(arena.present(), [0, 1]);
        let ending = arena.player(2).client().ending().expect("there was no seat");
        assert_eq!(ending.reason, DisconnectReason::RoomFull);
        assert_eq!(ending.text, "all 2 seats are taken");
    }

    #[test]
    fn opponents_fill_the_room_and_give_way() {
        let mut arena = sim().players(1).seats(6).fill(4).behavior(Behavior::Idle).run_secs(1);
        let opponents = |arena: &Scenario| arena.room().roster().iter().filter(|(_, who)| who.opponent).count();
        assert_eq!((arena.room().roster().taken(), opponents(&arena)), (4, 3));
        for _ in 0..4 {
            arena.join();
        }
        arena.run_secs(1);
        assert_eq!((arena.room().roster().taken(), opponents(&arena)), (5, 0));
        arena.leave(0);
        arena.leave(1);
        arena.run_secs(1);
        assert_eq!((arena.room().roster().taken(), opponents(&arena)), (4, 1));
        check(&arena);
    }

    #[test]
    fn opponents_fight() {
        let mut arena = sim().players(1).fill(6).behavior(Behavior::Idle).start();
        arena.run_until("opponents kill", 60, |arena| kills(arena, 0).len() >= 3);
        check(&arena);
    }
}

mod leaving {
    use super::*;

    #[test]
    fn seat_is_free_and_the_craft_vanishes() {
        let mut arena = sim().players(3).run_secs(1);
        let seat = arena.seat(1);
        arena.leave(1);
        arena.run_secs(1);
        assert_eq!(arena.room().players(), 2);
        for number in [0, 2] {
            assert!(arena.player(number).heard().any(|event| *event == Event::Left(seat)));
            assert_eq!(arena.view(number).entity(arena::craft_of(seat)), None);
            arena.assert_roster(number);
        }
        check(&arena);
    }

    #[test]
    fn next_player_gets_the_seat_with_everything_afresh() {
        let mut arena = sim().players(3).loss(0.1).delay_ms(40).behavior(Behavior::Fight).run_secs(5);
        let seat = arena.seat(0);
        arena.drop_player(0);
        let next = arena.join();
        arena.run_secs(2);
        assert_eq!(arena.seat(next), seat);
        arena.heal();
        arena.run_secs(1);
        for number in arena.present() {
            arena.assert_roster(number);
        }
        check(&arena);
    }

    #[test]
    fn shells_of_one_who_left_are_gone() {
        let shoot = Behavior::Hold(script::fire_along(128));
        let mut arena = sim().players(2).map("cave").behavior(shoot).run_secs(4);
        arena.leave(0);
        arena.run_ticks(3);
        check(&arena);
    }
}

mod playing {
    use super::*;

    #[test]
    fn craft_moves_where_it_is_steered() {
        let mut arena = sim().players(1).behavior(Behavior::Idle).run_secs(2);
        let before = own_craft(&arena, 0).position;
        let inwards = if before.x < arena.room().game().terrain().map.size().x / 2 { 0 } else { 512 };
        arena.player_mut(0).set_behavior(Behavior::Hold(script::fly_along(inwards)));
        arena.run_secs(1);
        let moved = (own_craft(&arena, 0).position - before).x;
        let expected = if inwards == 0 { 1 } else { -1 };
        assert_eq!(moved.signum(), expected, "moved by {moved}");
        assert!(moved.abs() > 100 * 16, "moved by {moved}");
        check(&arena);
    }

    #[test]
    fn everyone_hears_of_every_kill_and_scores_add_up() {
        let arena = sim().players(4).behavior(Behavior::Fight).run_secs(40);
        let heard = kills(&arena, 0);
        assert!(heard.len() >= 3, "only {} kills", heard.len());
        for number in 1..4 {
            assert_eq!(kills(&arena, number), heard);
        }
        for info in arena.room().game().standings() {
            let points: i32 = heard
                .iter()
                .map(|event| match event {
                    event::Event::Killed { killer, victim, .. } if killer == victim && *killer == info.player => -1,
                    event::Event::Killed { killer, .. } => i32::from(*killer == info.player),
                    _ => 0,
                })
                .sum();
            assert_eq!(info.score, points, "{info:?}");
        }
        arena.assert_roster(0);
        check(&arena);
    }

    #[test]
    fn destroyed_craft_returns_protected() {
        let mut arena = sim().players(4).behavior(Behavior::Fight).start();
        arena.run_until("a kill", 60, |arena| !kills(arena, 0).is_empty());
        let event::Event::Killed { victim, .. } = *kills(&arena, 0)[0] else { unreachable!("only kills are listed") };
        assert!(!own_craft(&arena, usize::from(victim.0)).is_alive());
        let ticks = arena.room().game().terrain().rules.respawn_ticks;
        arena.run_ticks(u32::from(ticks) + 3);
        let craft = own_craft(&arena, usize::from(victim.0));
        assert!(craft.is_alive());
        check(&arena);
    }

    #[test]
    fn chat_reaches_everyone_with_its_author() {
        let mut arena = sim().players(3).reliable(true).run_secs(1);
        let author = arena.seat(1);
        arena.chat(1, "good fight");
        arena.run_secs(1);
        let line = Event::Chat { from: Some(author), text: "good fight".to_owned() };
        for number in 0..3 {
            assert_eq!(arena.player(number).heard().filter(|event| **event == line).count(), 1);
        }
    }

    #[test]
    fn plain_player_sees_the_same_as_the_others() {
        for reliable in [true, false] {
            // Plain snapshots need more bytes, and this test is not about the budget.
            let fight = sim().players(4).behavior(Behavior::Fight).bytes_per_sec(100_000);
            let mut arena = fight.reliable(reliable).start();
            let transport = if reliable { Transport::Stream } else { Transport::Datagrams };
            arena.join_with(PlayerOptions { plain: true, transport, ..PlayerOptions::default() });
            for _ in 0..10 {
                arena.run_secs(1);
                check(&arena);
            }
        }
    }

    #[test]
    fn own_timers_are_known_to_the_tick() {
        let mut arena = sim().players(4).behavior(Behavior::Fight).run_secs(1);
        for _ in 0..600 {
            arena.run_ticks(1);
            for number in 0..4 {
                assert_eq!(arena.view(number).own(), arena.room().game().own(arena.seat(number)));
            }
        }
    }
}

mod matches {
    use super::*;

    #[test]
    fn match_ends_shows_results_and_goes_to_the_next_map() {
        let mut arena = sim()
            .players(4)
            .maps(vec![maps::by_name("pit"), maps::by_name("cave")])
            .match_secs(1, 4, 2)
            .loss(0.1)
            .delay_ms(50)
            .jitter_ms(10)
            .behavior(Behavior::Fight)
            .start();
        arena.run_until("the other map", 20, |arena| arena.room().map_name() == "cave");
        let phases: Vec<_> = arena.phases().iter().map(|(_, phase, map)| (phase.as_str(), map.as_str())).collect();
        let story = [("warm-up", "pit"), ("running", "pit"), ("results", "pit"), ("warm-up", "cave")];
        assert_eq!(phases, story);
        arena.heal();
        arena.run_secs(2);
        for number in 0..4 {
            assert_eq!(arena.view(number).map().map(Map::name), Some("cave"));
            assert!(arena.player(number).events().contains(&ClientEvent::MapChanged));
            arena.assert_roster(number);
        }
        check(&arena);
    }

    #[test]
    fn epochs_come_around_and_views_stay_right() {
        let maps = vec![maps::by_name("pit"), maps::by_name("lane")];
        let mut arena =
            sim().players(3).maps(maps).match_secs(0, 1, 1).loss(0.2).delay_ms(30).behavior(Behavior::Fight).start();
        arena.run_secs(25);
        assert!(arena.phases().iter().filter(|(_, phase, _)| phase == "running").count() > 8);
        arena.heal();
        arena.run_secs(1);
        check(&arena);
    }

    #[test]
    fn score_limit_ends_the_match() {
        let mut arena = sim().players(6).score_limit(2).behavior(Behavior::Fight).start();
        arena.run_until("results", 90, |arena| arena.room().summary().phase == "results");
        assert_eq!(arena.room().game().standings().map(|standing| standing.score).max(), Some(2));
    }
}

mod shipped_maps {
    use super::*;

    fn check_fight_on(map: &str, mode: Mode) {
        let fight = sim().players(8).fill(16).map(map).mode(mode).behavior(Behavior::Fight);
        let mut arena = fight.delay_ms(40).jitter_ms(10).loss(0.03).bytes_per_sec(60_000).run_secs(15);
        arena.assert_sane();
        arena.heal();
        arena.run_secs(1);
        check(&arena);
        assert!(arena.room().game().standings().any(|standing| standing.score > 0), "nobody scored in 15 s");
    }

    #[test]
    fn deathmatch_in_the_pit() {
        check_fight_on("shipped/pit", Mode::Deathmatch);
    }

    #[test]
    fn deathmatch_in_the_foundry() {
        check_fight_on("shipped/foundry", Mode::Deathmatch);
    }

    #[test]
    fn teams_on_the_divide() {
        check_fight_on("shipped/divide", Mode::TeamDeathmatch);
    }

    #[test]
    fn crowd_on_the_plain_sees_no_wrong_state() {
        let wander = sim().players(150).seats(150).map("shipped/plain").tick_hz(20).reliable(true);
        let arena = wander.run_secs(8);
        arena.assert_sane();
        let checks: u64 = (0..150).map(|number| arena.stats(number).counters.state_checks).sum();
        assert!(checks > 150, "only {checks} checks");
    }
}

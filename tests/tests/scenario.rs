//! What players live through, told one thing at a time.

use std::time::Duration;

use client::ClientEvent;
use harness::{Arena, Behavior, PlayerOptions, Transport, maps, script, sim};
use shared::{
    entity::{CraftState, EntityState},
    wire::{ClientMessage, DisconnectReason, Event, InputMessage, MatchPhase, Mode, kind},
};

/// A player's own craft, as it sees it.
fn own_craft(arena: &Arena, number: usize) -> CraftState {
    match arena.view(number).entity(arena.seat(number).craft()) {
        Some(EntityState::Craft(craft)) => *craft,
        other => panic!("player {number} sees {other:?} where its craft should be"),
    }
}

/// Asserts that everyone in the room sees what is.
fn check(arena: &Arena) {
    arena.assert_sane();
    for number in arena.present() {
        arena.assert_truthful(number);
    }
}

fn kills(arena: &Arena, number: usize) -> Vec<&Event> {
    arena.player(number).heard().filter(|event| matches!(event, Event::Killed { .. })).collect()
}

mod joining {
    use super::*;

    #[test]
    fn player_sees_the_roster_and_its_own_craft() {
        let arena = sim().players(3).behavior(Behavior::Idle).run_secs(1);
        for number in 0..3 {
            let names: Vec<_> =
                arena.player(number).client().roster().players().map(|info| info.name.as_str()).collect();
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
        assert_eq!(view.len(), 1 + view.map().expect("a map was sent").pickups().len());
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
        let opponents = |arena: &Arena| arena.room().roster().iter().filter(|info| info.opponent).count();
        assert_eq!((arena.room().roster().len(), opponents(&arena)), (4, 3));
        for _ in 0..4 {
            arena.join();
        }
        arena.run_secs(1);
        assert_eq!((arena.room().roster().len(), opponents(&arena)), (5, 0));
        arena.leave(0);
        arena.leave(1);
        arena.run_secs(1);
        assert_eq!((arena.room().roster().len(), opponents(&arena)), (4, 1));
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
            assert_eq!(arena.view(number).entity(seat.craft()), None);
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
        let inwards = if before.x < arena.room().world().terrain().map.size().x / 2 { 0 } else { 512 };
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
        for info in arena.room().roster() {
            let points: i32 = heard
                .iter()
                .map(|event| match event {
                    Event::Killed { killer, victim, .. } if killer == victim && *killer == info.player => -1,
                    Event::Killed { killer, .. } => i32::from(*killer == info.player),
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
        let Event::Killed { victim, .. } = *kills(&arena, 0)[0] else { unreachable!("only kills are listed") };
        assert!(!own_craft(&arena, usize::from(victim.0)).is_alive());
        let ticks = arena.room().world().terrain().rules.respawn_ticks;
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
            // Plain snapshots cost more: this test is not about the budget.
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
                assert_eq!(arena.view(number).own(), arena.room().world().own(arena.seat(number)));
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
        let phases: Vec<_> = arena.phases().iter().map(|(_, phase, map)| (*phase, map.as_str())).collect();
        use MatchPhase::{Results, Running, WarmUp};
        let story = [(WarmUp, "pit"), (Running, "pit"), (Results, "pit"), (WarmUp, "cave")];
        assert_eq!(phases, story);
        arena.heal();
        arena.run_secs(2);
        for number in 0..4 {
            assert_eq!(arena.view(number).map().map(|map| map.name.as_str()), Some("cave"));
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
        assert!(arena.phases().iter().filter(|(_, phase, _)| *phase == MatchPhase::Running).count() > 8);
        arena.heal();
        arena.run_secs(1);
        check(&arena);
    }

    #[test]
    fn score_limit_ends_the_match() {
        let mut arena = sim().players(6).score_limit(2).behavior(Behavior::Fight).start();
        arena.run_until("results", 90, |arena| arena.room().phase() == MatchPhase::Results);
        assert_eq!(arena.room().roster().iter().map(|info| info.score).max(), Some(2));
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
        assert!(arena.room().roster().iter().any(|info| info.score > 0), "nobody scored in 15 s");
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

mod links {
    use super::*;

    #[test]
    fn resync_tells_everything_anew() {
        for reliable in [true, false] {
            let mut arena = sim()
                .players(3)
                .reliable(reliable)
                .delay_ms(60)
                .jitter_ms(30)
                .loss(0.05)
                .behavior(Behavior::Fight)
                .run_secs(3);
            for _ in 0..10 {
                arena.resync(0);
                arena.run_secs(1);
                check_sane_and_alive(&arena);
            }
            arena.heal();
            arena.run_secs(1);
            check(&arena);
        }
    }

    fn check_sane_and_alive(arena: &Arena) {
        arena.assert_sane();
        assert!(arena.view(0).tick().since(arena.room().now()) == 0);
        assert!(arena.room().now().since(arena.view(0).tick()) < 30, "player 0 was left behind");
    }

    #[test]
    fn blocked_player_gets_nothing_then_the_present() {
        for reliable in [true, false] {
            let mut arena = sim().players(3).reliable(reliable).behavior(Behavior::Fight).run_secs(3);
            let before = arena.player(0).traffic();
            arena.set_blocked(0, true);
            arena.run_secs(3);
            let stopped_at = arena.view(0).tick();
            assert!(arena.room().now().since(stopped_at) >= 89, "something came through");
            arena.set_blocked(0, false);
            arena.run_ticks(2);
            let after = arena.player(0).traffic();
            assert!(after.snapshots - before.snapshots <= 3, "old snapshots had queued");
            assert_eq!(arena.view(0).tick(), arena.room().now());
            arena.run_secs(1);
            check(&arena);
        }
    }

    #[test]
    fn player_who_missed_more_events_than_are_kept_is_told_everything_anew() {
        let mut arena = sim().players(6).reliable(true).fill(12).behavior(Behavior::Fight).run_secs(2);
        arena.set_blocked(0, true);
        for _ in 0..100 {
            for speaker in 1..6 {
                arena.chat(speaker, &"spam ".repeat(30));
            }
            arena.run_ticks(1);
        }
        arena.set_blocked(0, false);
        arena.run_secs(1);
        arena.assert_roster(0);
        check(&arena);
    }

    #[test]
    fn overload_halves_snapshots_and_recovers() {
        let mut arena = sim().players(6).behavior(Behavior::Fight).run_secs(2);
        let count = |arena: &Arena| arena.player(0).traffic().snapshots;
        let before = count(&arena);
        arena.room_mut().set_reduction(2);
        arena.run_ticks(60);
        assert_eq!(count(&arena) - before, 30);
        arena.room_mut().set_reduction(0);
        arena.run_secs(1);
        check(&arena);
    }

    #[test]
    fn bad_network_never_shows_a_wrong_state() {
        let arena = sim()
            .players(8)
            .delay_ms(60)
            .jitter_ms(15)
            .loss(0.05)
            .duplicate(0.02)
            .reorder(0.02)
            .behavior(Behavior::Fight)
            .run_secs(20);
        arena.assert_sane();
        for number in 0..8 {
            let counters = arena.stats(number).counters;
            assert!(counters.state_checks > 5, "only {} checks", counters.state_checks);
            assert_eq!((counters.state_mismatches, counters.unknown_baselines, counters.resyncs), (0, 0, 0));
        }
    }

    #[test]
    fn wandering_crowd_costs_few_bytes() {
        for (seats, map, limit) in [(16, "cave", 700), (64, "plain", 2_000)] {
            let mut arena = sim().players(seats).seats(seats as u16).map(map).tick_hz(20).interest_px(6_000).start();
            arena.run_secs(5);
            let before: u64 = (0..seats).map(|number| arena.player(number).traffic().down_bytes).sum();
            arena.run_secs(10);
            let after: u64 = (0..seats).map(|number| arena.player(number).traffic().down_bytes).sum();
            let per_second = (after - before) / 10 / seats as u64;
            println!("wander_down_bytes_per_player_s room{seats}={per_second}");
            assert!(per_second <= limit, "{per_second} B/s in a room of {seats}");
            check(&arena);
        }
    }

    #[test]
    fn drifting_clocks_are_followed() {
        for drift in [-500, 500] {
            let arena = sim().players(2).delay_ms(30).drift_ppm(drift).run_secs(60);
            let stats = arena.room().stats();
            assert!(stats.inputs_missing * 100 < stats.inputs_applied, "{stats:?}");
            check(&arena);
        }
    }
}

mod cheating {
    use super::*;

    /// Sends `message` every tick for a while and returns how far the craft has come along x.
    fn distance_with(copies: u32, ahead: u32) -> i32 {
        let mut arena = sim().map("lane").players(1).behavior(Behavior::Idle).run_secs(2);
        let start = own_craft(&arena, 0).position.x;
        let angle = if start < arena.room().world().terrain().map.size().x / 2 { 0 } else { 512 };
        for _ in 0..60 {
            let ack = arena.view(0).ack();
            for copy in 0..copies {
                let newest = arena.room().now().plus(1 + copy % (ahead + 1));
                let input = InputMessage::new(newest, ack, 0, [script::fly_along(angle)]);
                arena.send(0, &ClientMessage::Input(input));
            }
            arena.run_ticks(1);
        }
        (own_craft(&arena, 0).position.x - start).abs()
    }

    #[test]
    fn more_inputs_move_nobody_faster() {
        let honest = distance_with(1, 0);
        assert!(honest > 300 * 16, "came {honest} far");
        assert_eq!(distance_with(10, 0), honest);
    }

    #[test]
    fn future_inputs_move_nobody_faster() {
        let honest = distance_with(1, 0);
        assert!(distance_with(30, 20) <= honest + 20 * 16);
    }

    #[test]
    fn late_and_early_inputs_are_counted_and_change_nothing() {
        let mut arena = sim().players(1).behavior(Behavior::Idle).run_secs(2);
        let before = arena.room().stats();
        let ack = arena.view(0).ack();
        let now = arena.room().now();
        // The client's own inputs have named newer ticks already, so an old one is a late copy and not counted.
        let far = InputMessage::new(now.plus(1_000), ack, 0, [script::fly_along(0)]);
        for _ in 0..5 {
            arena.send(0, &ClientMessage::Input(far));
        }
        arena.run_ticks(1);
        let after = arena.room().stats();
        assert_eq!(after.inputs_early - before.inputs_early, 5);
        let position = own_craft(&arena, 0).position;
        arena.run_secs(1);
        assert_eq!(own_craft(&arena, 0).position, position);
        check(&arena);
    }

    #[test]
    fn inputs_of_a_sudden_delay_are_counted_late() {
        let mut arena = sim().players(1).run_secs(3);
        assert_eq!(arena.room().stats().inputs_late, 0);
        let slow = shared::conditioner::ConditionerConfig { delay: Duration::from_millis(150), ..Default::default() };
        arena.player_mut(0).link_mut().set_conditions(slow);
        arena.run_secs(10);
        let late = arena.room().stats().inputs_late;
        assert!(late > 0);
        arena.run_secs(5);
        assert_eq!(arena.room().stats().inputs_late, late, "the clock has followed");
    }

    #[test]
    fn client_sends_little() {
        let arena = sim().players(1).behavior(Behavior::Fight).run_secs(10);
        let up = arena.stats(0).counters.up;
        let bytes = up.bytes(kind::INPUT) / up.messages(kind::INPUT);
        assert!(bytes <= 40, "{bytes} B per input message");
    }
}

mod lag_compensation {
    use std::sync::Arc;

    use harness::BareRoom;
    use room::RoomConfig;
    use shared::{
        PlayerId, TickRate,
        input::{Buttons, Heading, Input},
        map::{Map, PickupKind, PickupPlace, Spawn},
        wire::{Team, Weapon},
    };

    use super::*;

    /// Tiles: the shooter spawns on the rail, the target a screen away and higher up.
    const SHOOTER: (u16, u16) = (4, 10);
    const TARGET: (u16, u16) = (18, 3);

    fn range() -> Arc<Map> {
        let rail = PickupPlace { kind: PickupKind::Rail, column: SHOOTER.0, row: SHOOTER.1 };
        let map = Map::new("range".into(), 64, 30, 20, vec![false; 600], vec![rail]);
        let spawns = [SHOOTER, TARGET].map(|(column, row)| Spawn { team: Team::None, column, row });
        Arc::new(map.with_server_side(spawns.to_vec(), 4_000))
    }

    fn craft_of(room: &BareRoom, player: PlayerId) -> CraftState {
        *room.room().world().craft(player).expect("players have crafts")
    }

    /// The target flies across the line of fire. So many ticks after it was on the line the shooter fires along it and
    /// says that it sees the world so many quarters of a tick late. Whether that hits.
    fn shot_hits(ticks_late: u32, view_age: u8) -> bool {
        let rate = TickRate::new(30).expect("30 Hz is allowed");
        let config = RoomConfig { seats: 2, warm_up_secs: 0, ..RoomConfig::new(range(), rate) };
        let mut room = BareRoom::new(config, 1);
        let players = [(); 2].map(|()| room.join(false, true).expect("there are two seats"));
        // Until nobody is protected any more.
        for _ in 0..60 {
            room.tick(|_| true);
        }
        let x = |player| craft_of(&room, player).position.x;
        let [shooter, target] = if x(players[0]) < x(players[1]) { players } else { [players[1], players[0]] };
        assert!(room.room().world().own(shooter).rail_shots > 0, "the shooter spawned on the rail");
        let line = craft_of(&room, shooter).position.y;
        let down = script::fly_along(256);
        let fly = |room: &mut BareRoom| {
            room.play(target, down);
            room.tick(|_| true);
        };
        while craft_of(&room, target).position.y < line {
            fly(&mut room);
        }
        // The shot itself takes a tick.
        (1..ticks_late).for_each(|_| fly(&mut room));
        let ack = room.listener(shooter).oracle().ack();
        let shoot = Input { heading: Heading::NONE, aim: 0, buttons: Buttons::FIRE };
        let message = InputMessage::new(room.room().now().next(), ack, view_age, [shoot]);
        room.room_mut().handle_input(shooter, &message, 0);
        fly(&mut room);
        let hit = Event::Hit { shooter, victim: target, damage: 70, weapon: Weapon::Rail };
        room.listener(shooter).events().contains(&hit)
    }

    #[test]
    fn shot_at_what_was_seen_hits() {
        assert!(shot_hits(5, 4 * 5));
        assert!(shot_hits(6, 4 * 6), "200 ms are six ticks at 30 Hz");
    }

    #[test]
    fn shot_at_what_is_there_no_more_misses_one_who_sees_the_present() {
        assert!(!shot_hits(5, 0));
    }

    #[test]
    fn shot_at_what_is_there_no_more_hits_nobody_beyond_200_ms() {
        for ticks in [9, 12, 20] {
            assert!(!shot_hits(ticks, 4 * ticks as u8), "{ticks} ticks");
        }
        assert!(!shot_hits(12, u8::MAX));
    }

    #[test]
    fn part_of_a_tick_counts() {
        // A quarter of a tick is 3 px: the difference between the two is far below the craft's radius.
        assert!(shot_hits(4, 4 * 4 - 2) && shot_hits(4, 4 * 4 + 2));
    }
}

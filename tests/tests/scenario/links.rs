//! Effects of a link on its player: silence, blocking, loss, lateness, overload.

use arena::input::Input;
use arena::settings::Settings;
use harness::{BareRoom, Looks};
use room::RoomConfig;
use shared::game::Map;
use shared::{TickRate, conditioner::ConditionerConfig, wire::Ack};

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

#[test]
fn one_who_lost_track_is_told_what_it_lacks_and_no_more() {
    let mut arena = sim().players(2).behavior(Behavior::Fight).run_secs(3);
    let told = |arena: &Scenario| {
        let maps = arena.player(0).events().iter().filter(|event| **event == ClientEvent::MapChanged).count();
        let names = arena.player(0).heard().filter(|event| matches!(event, Event::Joined { .. })).count();
        (maps, names, arena.view(0).ack().newest)
    };
    let (maps, names, _) = told(&arena);
    arena.resync(0);
    arena.run_ticks(2);
    let (maps_after, names_after, newest) = told(&arena);
    assert_eq!((maps_after, names_after), (maps, names), "it has the map and knows who plays");
    assert_eq!(newest, arena.room().now(), "the states are whole again");
    arena.run_secs(1);
    arena.assert_roster(0);
    check(&arena);
}

#[test]
fn maps_that_change_in_a_row_are_never_mistaken_for_each_other() {
    let maps = ["pit", "cave", "lane"].map(maps::by_name);
    for seed in 1..=4 {
        let link = sim().players(4).maps(maps.to_vec()).seed(seed).delay_ms(100).jitter_ms(95).loss(0.05).reorder(0.3);
        let mut arena = link.behavior(Behavior::Fight).run_secs(3);
        for round in 0..6 {
            for tick in 0..4 {
                arena.room_mut().change_map((round + tick) % 3);
                arena.run_ticks(1);
            }
            arena.run_ticks(20);
        }
        arena.run_secs(2);
        for number in arena.present() {
            let counters = arena.stats(number).counters;
            assert_eq!((counters.unknown_baselines, counters.state_mismatches), (0, 0), "player {number}");
            let shown = arena.view(number).map().map(|map| map.name().to_owned());
            assert_eq!(shown.as_deref(), Some(arena.room().map_name()), "the last map that was asked for");
        }
        arena.heal();
        arena.run_secs(1);
        check(&arena);
    }
}

fn check_sane_and_alive(arena: &Scenario) {
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
fn snapshots_held_until_they_were_given_up_leave_no_ghosts() {
    // A full buffer on the way: nothing arrives for a while, then everything does. Meanwhile the server has given up
    // messages without an ack, and shells that were sent in them have hit.
    for plain in [false, true] {
        let fight = sim().players(6).tick_hz(60).plain(plain).bytes_per_sec(100_000).behavior(Behavior::Fight);
        let mut arena = fight.delay_ms(50).run_secs(2);
        for _ in 0..10 {
            arena.hold(0, true);
            arena.run_ticks(90);
            arena.hold(0, false);
            arena.run_ticks(30);
            arena.assert_sane();
        }
        arena.heal();
        arena.run_secs(1);
        check(&arena);
    }
}

#[test]
fn shell_told_in_a_snapshot_that_was_given_up_is_taken_back() {
    let rate = TickRate::new(120).expect("120 Hz is allowed");
    let config = RoomConfig {
        settings: Settings { warm_up_secs: 0, ..Settings::default() },
        ..harness::arena_room(maps::by_name("plain"), rate)
    };
    let mut room = BareRoom::new(RoomConfig { interest_px: Some(8_000), ..config }, 1);
    let [listener, shooter] = [(); 2].map(|()| room.join(false, false).expect("there are seats"));
    (0..10).for_each(|_| room.tick(|_| true));
    room.play(shooter, script::fire_along(0));
    (0..10).for_each(|_| room.tick(|_| true));
    let shells = |room: &BareRoom| {
        room.listener(listener).shown().values().filter(|state| matches!(state, EntityState::Shell(_))).count()
    };
    assert_eq!(shells(&room), 1);
    // It arrived, but no acknowledgement does until the server has given up waiting for it.
    room.room_mut().set_blocked(listener, true);
    (0..100).for_each(|_| room.tick(|_| true));
    room.send(listener, Input::default(), Ack::default());
    // A client cannot predict this end.
    room.leave(shooter);
    (0..10).for_each(|_| room.tick(|_| true));
    room.room_mut().set_blocked(listener, false);
    (0..10).for_each(|_| room.tick(|_| true));
    assert_eq!(shells(&room), 0);
    assert_eq!(room.differences(listener, Looks::Exact), []);
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
    let count = |arena: &Scenario| arena.player(0).traffic().snapshots;
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

#[test]
fn held_craft_drifts_on_and_its_player_comes_back_to_it() {
    for reliable in [true, false] {
        let mut arena = sim().players(3).reliable(reliable).behavior(Behavior::Fight).run_secs(3);
        let seat = arena.seat(0);
        arena.cut(0);
        arena.run_secs(10);
        assert!(arena.room().is_held(seat));
        assert_eq!(arena.room().players(), 3, "a held player keeps its seat");
        for number in [1, 2] {
            assert!(arena.view(number).tick() == arena.room().now(), "the others play on");
        }
        arena.come_back(0, if reliable { Transport::Datagrams } else { Transport::Stream }, false);
        arena.run_secs(1);
        assert_eq!(arena.seat(0), seat);
        assert_eq!(arena.room().held(), 0);
        check(&arena);
    }
}

#[test]
fn snapshot_that_comes_far_too_late_is_not_taken_for_one_of_the_future() {
    // At 120 Hz half a second is sixty ticks, and a short tick tells 64 of the past from 63 to come.
    let mut arena = sim().players(2).tick_hz(120).behavior(Behavior::Fight).run_secs(2);
    let detour = ConditionerConfig { delay: Duration::from_millis(640), ..ConditionerConfig::default() };
    arena.player_mut(0).link_mut().set_conditions(detour);
    arena.run_ticks(24);
    arena.heal();
    let stale = arena.stats(0).counters.snapshots_stale;
    for _ in 0..120 {
        arena.run_ticks(1);
        assert_eq!(arena.view(0).tick(), arena.room().now());
        arena.assert_sane();
    }
    let counters = arena.stats(0).counters;
    assert_eq!((counters.snapshots_stale - stale, counters.unknown_baselines), (24, 0));
    check(&arena);
}

#[test]
fn client_that_hears_nothing_for_too_long_gives_up_and_comes_back_to_its_craft() {
    for reliable in [true, false] {
        let mut arena = sim().players(3).reliable(reliable).behavior(Behavior::Fight).run_secs(3);
        let seat = arena.seat(0);
        arena.hold(0, true);
        arena.run_secs(4);
        assert_eq!((arena.present().len(), arena.room().held()), (3, 0), "four seconds are bearable");
        arena.run_secs(2);
        assert_eq!((arena.present().len(), arena.room().held()), (2, 1), "its link is closed");
        // Messages that the old link held back are lost with it.
        arena.hold(0, false);
        arena.bring_back_who_gave_up();
        arena.run_secs(1);
        assert_eq!(arena.seat(0), seat);
        check(&arena);
    }
}

#[test]
fn held_craft_presses_nothing() {
    let mut arena = sim().players(1).behavior(Behavior::Fight).run_secs(3);
    let seat = arena.seat(0);
    arena.cut(0);
    // Waits for the last thrust's drift and the shells in the air.
    arena.run_secs(8);
    let before = arena.room().game().craft(seat).copied();
    arena.run_secs(1);
    assert_eq!(arena.room().game().craft(seat).copied(), before, "nobody touches it");
}

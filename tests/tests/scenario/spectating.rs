//! Spectators.

use harness::truth::{Looks, Seeing};
use shared::game::Map;
use shared::{PlayerId, conditioner::ConditionerConfig, limits::SPECTATORS_PER_ROOM_MAX, quantize::POSITION_PER_PX};

use super::*;

fn spectator() -> PlayerOptions {
    PlayerOptions { spectates: true, behavior: Behavior::Fight, ..PlayerOptions::default() }
}

/// Crafts in a player's view.
fn crafts_in_view(arena: &Scenario, number: usize) -> Vec<PlayerId> {
    let crafts = arena.view(number).entities().filter(|(_, state)| matches!(state, EntityState::Craft(_)));
    crafts.map(|(id, _)| PlayerId(id.0)).collect()
}

#[test]
fn spectator_sees_the_match_and_takes_no_seat() {
    let mut arena = sim().players(2).seats(2).behavior(Behavior::Fight).run_secs(2);
    let watcher = arena.join_with(spectator());
    arena.run_secs(3);
    check_players(&arena, watcher);
    assert!(arena.player(watcher).client().is_spectator());
    assert_eq!(crafts_in_view(&arena, watcher), [PlayerId(0), PlayerId(1)]);
    assert_eq!((arena.room().players(), arena.room().spectators()), (2, 1));
    assert_eq!(arena.room().roster().taken(), 2, "its inputs steer nothing");
    assert!(arena.stats(watcher).counters.state_checks > 1, "what it sees is checked as well");
}

/// Nobody's view ever differed. A spectator sees around another's craft, so only players' are compared with the truth.
fn check_players(arena: &Scenario, watcher: usize) {
    arena.assert_sane();
    for number in arena.present().into_iter().filter(|&number| number != watcher) {
        arena.assert_truthful(number);
    }
}

#[test]
fn spectator_sees_around_whom_it_watches() {
    let mut arena = sim().map("plain").players(6).interest_px(600).run_secs(1);
    let watcher = arena.join_with(spectator());
    arena.run_secs(1);
    for number in 0..6 {
        let player = arena.seat(number);
        arena.send(watcher, &ClientMessage::Watch { player });
        arena.run_secs(2);
        assert!(crafts_in_view(&arena, watcher).contains(&player), "it watches {player:?}");
        assert_eq!(crafts_in_view(&arena, watcher), crafts_in_view(&arena, number), "it sees what {player:?} sees");
    }
    arena.assert_sane();
}

#[test]
fn nobody_there_cannot_be_watched() {
    let mut arena = sim().map("plain").players(2).interest_px(600).run_secs(1);
    let watcher = arena.join_with(spectator());
    arena.run_secs(1);
    let before = crafts_in_view(&arena, watcher);
    arena.send(watcher, &ClientMessage::Watch { player: PlayerId(9) });
    arena.send(watcher, &ClientMessage::Watch { player: PlayerId(u16::MAX) });
    arena.run_secs(1);
    assert_eq!(crafts_in_view(&arena, watcher), before);
}

#[test]
fn player_cannot_look_elsewhere() {
    let mut arena = sim().map("plain").players(2).interest_px(600).run_secs(1);
    let other = arena.seat(1);
    arena.send(0, &ClientMessage::Watch { player: other });
    arena.run_secs(1);
    check(&arena);
}

#[test]
fn spectator_has_no_voice() {
    let mut arena = sim().players(1).run_secs(1);
    let watcher = arena.join_with(spectator());
    arena.run_secs(1);
    arena.chat(watcher, "left of you!");
    arena.run_secs(1);
    assert!(!arena.player(0).heard().any(|event| matches!(event, Event::Chat { .. })));
}

#[test]
fn spectator_who_leaves_frees_its_place_and_the_map_changes_for_those_who_stay() {
    let maps = vec![maps::by_name("pit"), maps::by_name("cave")];
    let mut arena = sim().players(2).maps(maps).match_secs(0, 2, 1).run_secs(1);
    let (leaves, stays) = (arena.join_with(spectator()), arena.join_with(spectator()));
    arena.run_secs(1);
    arena.leave(leaves);
    arena.run_secs(4);
    assert_eq!(arena.room().spectators(), 1);
    assert_eq!(arena.view(stays).map().map(Map::name), arena.view(0).map().map(Map::name));
    assert!(crafts_in_view(&arena, stays).contains(&arena.seat(0)), "it still watches the lowest seat");
    arena.assert_sane();
}

#[test]
fn one_spectator_too_many_is_told() {
    let mut arena = sim().players(1).run_secs(1);
    for _ in 0..SPECTATORS_PER_ROOM_MAX {
        arena.join_with(spectator());
    }
    arena.run_secs(1);
    assert_eq!(arena.room().spectators(), SPECTATORS_PER_ROOM_MAX);
    let late = arena.join_with(spectator());
    arena.run_secs(1);
    let ending = arena.player(late).client().ending().expect("it was refused");
    assert_eq!(ending.reason, DisconnectReason::RoomFull);
    assert!(ending.text.contains("all 64 spectator slots are taken"), "{}", ending.text);
}

#[test]
fn spectator_comes_back_to_whom_it_watched() {
    let mut arena = sim().map("plain").players(4).interest_px(600).run_secs(1);
    let watcher = arena.join_with(spectator());
    arena.run_secs(1);
    let (place, watched) = (arena.member(watcher), arena.seat(2));
    arena.send(watcher, &ClientMessage::Watch { player: watched });
    arena.run_secs(2);
    arena.cut(watcher);
    arena.cut(2);
    arena.run_secs(1);
    assert_eq!((arena.room().held(), arena.room().spectators()), (2, 1));
    arena.come_back(watcher, Transport::Stream, false);
    arena.run_secs(1);
    assert_eq!(arena.member(watcher), place);
    assert!(crafts_in_view(&arena, watcher).contains(&watched), "a held craft can be watched");
    arena.assert_sane();
}

/// Seconds and ticks that late spectators are behind here.
const LATE_SECS: u32 = 2;
const LATE_TICKS: u32 = LATE_SECS * 30;

/// Asserts that a spectator's view is the room's truth at the tick of the view.
fn check_view(arena: &Scenario, watcher: usize, watched: PlayerId) {
    let view = arena.view(watcher);
    let shown = view.entities().map(|(id, &state)| (id.0, state)).collect();
    let enter = arena.room().interest_px() as i32 * POSITION_PER_PX;
    let plain = arena.player(watcher).options().plain;
    let seeing = Seeing { player: watched, enter, leave: enter * 6 / 5, plain, looks: Looks::Forgiven };
    let differences = arena.truth().differences(view.tick(), &shown, seeing);
    let listed: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(listed.is_empty(), "at {:?}: {listed:?}", view.tick());
}

#[test]
fn late_spectator_is_shown_the_truth_of_then_and_nothing_newer_over_loss() {
    for (transport, loss, plain) in [
        (Transport::Datagrams, 0.0, false),
        (Transport::Datagrams, 0.1, false),
        (Transport::Datagrams, 0.1, true),
        (Transport::Stream, 0.05, false),
    ] {
        let arena = sim().map("plain").players(6).seats(8).fill(8).interest_px(900).behavior(Behavior::Fight);
        let mut arena = arena.spectator_delay_secs(LATE_SECS).run_secs(4);
        let conditions = ConditionerConfig { loss, delay: Duration::from_millis(30), ..ConditionerConfig::default() };
        let watcher = arena.join_with(PlayerOptions { transport, plain, conditions, ..spectator() });
        arena.run_secs(2);
        let watched = PlayerId(0);
        for _ in 0..300 {
            arena.run_ticks(1);
            let age = arena.room().now().since(arena.view(watcher).tick());
            assert!((LATE_TICKS..LATE_TICKS + 30).contains(&age), "{age} ticks ago");
            // A lost state is extrapolated until it is sent again.
            if loss == 0.0 {
                check_view(&arena, watcher, watched);
            }
        }
        arena.heal();
        arena.run_secs(2);
        for _ in 0..60 {
            arena.run_ticks(1);
            check_view(&arena, watcher, watched);
        }
        let counters = arena.stats(watcher).counters;
        assert_eq!((counters.state_mismatches, counters.resyncs), (0, 0));
        assert!(plain || counters.state_checks > 5, "its checksums are of the world that it is shown");
        arena.assert_sane();
    }
}

#[test]
fn late_spectator_hears_players_late_and_the_server_at_once() {
    let mut arena = sim().players(2).spectator_delay_secs(LATE_SECS).run_secs(3);
    let watcher = arena.join_with(spectator());
    arena.run_secs(2);
    arena.chat(0, "left of you!");
    arena.room_mut().announce("the server restarts");
    let heard = |arena: &Scenario, words: &str| {
        arena.player(watcher).heard().any(|event| matches!(event, Event::Chat { text, .. } if text == words))
    };
    arena.run_ticks(5);
    assert!(heard(&arena, "the server restarts") && !heard(&arena, "left of you!"));
    arena.run_ticks(LATE_TICKS - 8);
    assert!(!heard(&arena, "left of you!"));
    arena.run_ticks(8);
    assert!(heard(&arena, "left of you!"));
}

#[test]
fn late_spectator_goes_along_to_the_next_map_when_its_time_has_come() {
    let maps = vec![maps::by_name("pit"), maps::by_name("cave")];
    let mut arena = sim().players(2).maps(maps).match_secs(0, 4, 1).spectator_delay_secs(LATE_SECS).run_secs(3);
    let watcher = arena.join_with(spectator());
    arena.run_until("the next map", 6, |arena| arena.room().map_name() == "cave");
    let shown = |arena: &Scenario| arena.view(watcher).map().map(|map| map.name().to_owned());
    arena.run_ticks(LATE_TICKS - 5);
    assert_eq!(shown(&arena).as_deref(), Some("pit"));
    arena.run_ticks(10);
    assert_eq!(shown(&arena).as_deref(), Some("cave"));
    for _ in 0..30 {
        arena.run_ticks(1);
        check_view(&arena, watcher, PlayerId(0));
    }
    assert_eq!(arena.stats(watcher).counters.state_mismatches, 0);
    arena.assert_sane();
}

#[test]
fn late_spectator_comes_back_to_what_was_then() {
    let mut arena = sim().players(3).spectator_delay_secs(LATE_SECS).run_secs(3);
    let watcher = arena.join_with(spectator());
    arena.run_secs(2);
    arena.cut(watcher);
    arena.run_secs(1);
    arena.come_back(watcher, Transport::Stream, false);
    arena.run_secs(1);
    check_view(&arena, watcher, PlayerId(0));
    let age = arena.room().now().since(arena.view(watcher).tick());
    assert!((LATE_TICKS..LATE_TICKS + 10).contains(&age), "{age} ticks ago");
    arena.assert_sane();
}

#[test]
fn room_younger_than_its_delay_shows_nothing() {
    let mut arena = sim().players(1).spectator_delay_secs(LATE_SECS).run_secs(1);
    let early = arena.join_with(spectator());
    arena.run_secs(1);
    let ending = arena.player(early).client().ending().expect("it was refused");
    assert!(ending.text.contains("nothing to watch yet"), "{}", ending.text);
}

#[test]
fn next_seat_is_watched_when_the_watched_player_leaves() {
    for late in [0, LATE_SECS] {
        let mut arena = sim().map("plain").players(4).interest_px(600).spectator_delay_secs(late).run_secs(3);
        let watcher = arena.join_with(spectator());
        arena.run_secs(2);
        let seats: Vec<_> = (0..4).map(|number| arena.seat(number)).collect();
        arena.send(watcher, &ClientMessage::Watch { player: seats[2] });
        arena.run_secs(2);
        for (leaves, next) in [(2, 3), (3, 0)] {
            arena.leave(leaves);
            arena.run_secs(2 + u64::from(late));
            assert!(crafts_in_view(&arena, watcher).contains(&seats[next]), "after {leaves}, {late} s late");
            check_view(&arena, watcher, seats[next]);
        }
    }
}

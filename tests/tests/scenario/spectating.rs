//! Watching without playing.

use shared::{PlayerId, limits::SPECTATORS_PER_ROOM_MAX};

use super::*;

fn spectator() -> PlayerOptions {
    PlayerOptions { spectates: true, behavior: Behavior::Fight, ..PlayerOptions::default() }
}

/// Crafts in a player's view.
fn crafts_in_view(arena: &Arena, number: usize) -> Vec<PlayerId> {
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
    assert_eq!(arena.room().roster().len(), 2, "its inputs steer nothing");
    assert!(arena.stats(watcher).counters.state_checks > 1, "what it sees is checked as well");
}

/// Nobody's view ever differed. A spectator sees around another's craft, so only players' are compared with the truth.
fn check_players(arena: &Arena, watcher: usize) {
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
    assert_eq!(arena.view(stays).map().map(|map| &map.name), arena.view(0).map().map(|map| &map.name));
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
    assert!(ending.text.contains("64 are watching"), "{}", ending.text);
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

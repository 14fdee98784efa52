//! Rooms that have run for months or years: their ticks come to bounds, and are renumbered before they overflow.

use shared::limits::{TICK_MAX, TICK_RENUMBER};

use super::*;

/// Two fighters, a plain client, one on a lossy link, opponents and a spectator, from `start` on.
fn crowd(start: u32) -> Scenario {
    let mut arena = sim()
        .start_tick(start)
        .maps(vec![maps::by_name("pit"), maps::by_name("cave")])
        .players(2)
        .seats(8)
        .fill(6)
        .behavior(Behavior::Fight)
        .draws(true)
        .bytes_per_sec(100_000)
        .match_secs(0, 4, 1)
        .start();
    let options = PlayerOptions { behavior: Behavior::Fight, ..PlayerOptions::default() };
    arena.join_with(PlayerOptions { plain: true, ..options });
    arena.join_with(PlayerOptions { transport: Transport::Stream, ..options });
    arena.join_with(PlayerOptions { spectates: true, ..options });
    arena
}

/// All views are true, and all inputs count.
fn check_play(arena: &mut Scenario, start: u32) {
    let inputs =
        |arena: &Scenario| (0..4).map(|number| arena.room().player_stats(arena.seat(number))).collect::<Vec<_>>();
    let before = inputs(arena);
    arena.run_secs(2);
    for (number, (before, after)) in before.into_iter().zip(inputs(arena)).enumerate() {
        let applied = after.expect("it plays").inputs_applied - before.expect("it plays").inputs_applied;
        // 60 ticks were made, and a clock that was just set may miss a few.
        assert!(applied >= 50, "{applied} inputs of player {number} were applied, begun at {start}");
    }
    arena.assert_sane();
    for number in arena.present() {
        arena.assert_truthful(number);
        arena.assert_roster(number);
        assert_eq!(arena.view(number).tick(), arena.room().now(), "player {number}, begun at {start}");
    }
}

#[test]
fn nobody_notices_where_ticks_come_to_an_edge() {
    for edge in [1 << 24, 1 << 25, TICK_RENUMBER, TICK_MAX, u32::MAX] {
        // Far before it, over it, on it.
        for before in [40, 1, 0] {
            let start = edge - before;
            let mut arena = crowd(start);
            arena.run_secs(3);
            check_play(&mut arena, start);
            arena.run_secs(6);
            check_play(&mut arena, start);
            let drawn = arena.player(0).frames().len();
            arena.run_secs(1);
            assert!(arena.player(0).frames().len() > drawn + 50, "it draws, begun at {start}");
        }
    }
}

#[test]
fn ticks_begin_anew_with_the_next_match_once_there_were_many() {
    let mut arena = crowd(TICK_RENUMBER - 10);
    arena.run_secs(2);
    assert!(arena.room().now().0 > TICK_RENUMBER, "not in the middle of a match");
    arena.run_secs(6);
    assert!(arena.room().now().0 < 30 * 8, "the next match began at tick 0");
    assert_eq!(arena.room().map_name(), "cave");
    check_play(&mut arena, TICK_RENUMBER - 10);
}

#[test]
fn ticks_begin_anew_within_a_match_before_they_end() {
    let mut arena = sim().start_tick(TICK_MAX - 10).match_secs(0, 0, 1).score_limit(0).players(2).run_secs(2);
    assert!(arena.room().now().0 < 60, "a match without an end was ended");
    arena.run_secs(2);
    check(&arena);
}

#[test]
fn player_who_is_away_while_ticks_begin_anew_comes_back() {
    let mut arena = crowd(TICK_MAX - 60);
    arena.run_secs(1);
    arena.cut(0);
    arena.hold(1, true);
    arena.run_secs(3);
    assert!(arena.room().now().0 < 30 * 4);
    arena.come_back(0, Transport::Datagrams, false);
    arena.hold(1, false);
    arena.run_secs(2);
    check_play(&mut arena, TICK_MAX - 60);
}

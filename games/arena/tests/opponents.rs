//! Matches among computer opponents must be lively.

use std::{collections::BTreeSet, sync::Arc};

use arena::{
    board::Board,
    bot::Bot,
    entity::EntityState,
    event::Event,
    input::Heading,
    map::{file, shipped},
    rules::{
        Mode, Terrain,
        numbers::Rules,
        world::{PlayerInput, World, WorldConfig},
    },
};
use glam::IVec2;
use shared::{
    PlayerId, TickRate,
    game::{Board as _, Bot as _, Digest, Game, Truth},
};

/// Statistics of a match of computer opponents.
#[derive(Debug, Default)]
struct Match {
    kills: usize,
    suicides: usize,
    hits: usize,
    rails: usize,
    shells: usize,
    pickups: usize,
    dashes: usize,
    /// By player: tiles it has been on.
    tiles: Vec<BTreeSet<(i32, i32)>>,
    /// By player: the longest time it stayed within a tile's width while alive, seconds.
    longest_rest: Vec<f32>,
    kills_by_player: Vec<usize>,
    digest: Digest,
    /// A hash of every input.
    inputs: u64,
}

fn watch(map: &str, mode: Mode, players: u16, secs: u32, hz: u16, seed: u64) -> Match {
    let (name, text) = shipped().find(|(name, _)| *name == map).expect("the map is shipped");
    let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    let tile = map.tile_units();
    let rate = TickRate::new(hz).expect("within the limits");
    let terrain = Terrain { map, rules: Rules::new(rate) };
    let config = WorldConfig { seats: players, mode, score_limit: 0, match_secs: 0, warm_up_secs: 0, results_secs: 5 };
    let mut world = World::empty(terrain, config, seed);
    let mut board = Board::default();
    let mut opponents: Vec<_> =
        (0..players).map(|seat| opponent(seed.wrapping_mul(1_000).wrapping_add(seat.into()))).collect();
    for seat in 0..players {
        world.add_player(PlayerId(seat));
    }
    let mut seen = Match {
        tiles: vec![BTreeSet::new(); players.into()],
        longest_rest: vec![0.0; players.into()],
        kills_by_player: vec![0; players.into()],
        ..Match::default()
    };
    let mut rests = vec![(IVec2::ZERO, 0); usize::from(players)];
    let mut inputs = vec![None; usize::from(players)];
    for tick in 0..secs * u32::from(hz) {
        let lying = world.entities().filter(|(_, state)| is_lying(state)).count();
        // Events of players who joined are applied before any opponent looks.
        seen.take_events(&mut world, &mut board);
        for (seat, opponent) in opponents.iter_mut().enumerate() {
            let input = opponent.input(&sight(&world, &board, PlayerId(seat as u16)));
            for value in [u64::from(input.heading.value()), input.aim.into(), input.buttons.value().into()] {
                seen.inputs = (seen.inputs ^ value).wrapping_mul(0x100_0000_01b3);
            }
            inputs[seat] = Some(PlayerInput { input, view_age: 0 });
        }
        world.make_tick(&inputs, &());
        seen.pickups += lying.saturating_sub(world.entities().filter(|(_, state)| is_lying(state)).count());
        let born = |state: &EntityState| matches!(state, EntityState::Shell(shell) if shell.ticks_left == world.terrain().rules.shell_life_ticks);
        seen.shells += world.entities().filter(|(_, state)| born(state)).count();
        for (player, craft) in world.crafts() {
            let index = player.index();
            seen.dashes += usize::from(world.own(player).dash_ticks == world.terrain().rules.dash_ticks);
            seen.tiles[index].insert((craft.position.x / tile, craft.position.y / tile));
            if !craft.is_alive() || (craft.position - rests[index].0).abs().max_element() > tile {
                rests[index] = (craft.position, tick);
            }
            let rest = (tick - rests[index].1) as f32 / f32::from(hz);
            seen.longest_rest[index] = seen.longest_rest[index].max(rest);
        }
    }
    seen.take_events(&mut world, &mut board);
    seen.digest = world.digest();
    seen
}

impl Match {
    fn take_events(&mut self, world: &mut World, board: &mut Board) {
        while let Some((_, event)) = world.poll_event() {
            board.handle(&event);
            match event {
                Event::Killed { killer, victim, .. } => {
                    self.kills += 1;
                    self.suicides += usize::from(killer == victim);
                    self.kills_by_player[killer.index()] += 1;
                }
                Event::Hit { .. } => self.hits += 1,
                Event::Rail { .. } => self.rails += 1,
                _ => {}
            }
        }
    }
}

fn opponent(seed: u64) -> Bot {
    Bot::new(Bot::OPPONENT, seed)
}

fn sight<'a>(world: &'a World, board: &'a Board, player: PlayerId) -> Truth<'a, World> {
    let (map, seats) = (world.terrain(), world.config().seats);
    Truth { game: world, map, board, tick: world.tick(), tick_rate: map.rules.tick_rate, seats, player }
}

fn is_lying(state: &EntityState) -> bool {
    matches!(state, EntityState::Pickup(pickup) if pickup.available)
}

fn check_lively(map: &str, mode: Mode) {
    for hz in [20, 30, 60] {
        let seen = watch(map, mode, 8, 120, hz, 7);
        assert!(seen.kills - seen.suicides >= 20, "{map} at {hz} Hz: {seen:#?}");
        assert!(seen.suicides * 5 <= seen.kills, "{map} at {hz} Hz: {seen:#?}");
        assert!(seen.pickups >= 5, "{map} at {hz} Hz: {seen:#?}");
        assert!(seen.tiles.iter().all(|tiles| tiles.len() >= 20), "{map} at {hz} Hz: {seen:#?}");
        assert!(seen.longest_rest.iter().all(|&secs| secs < 10.0), "{map} at {hz} Hz: {seen:#?}");
    }
}

#[test]
fn eight_opponents_make_a_fight_in_the_foundry() {
    check_lively("foundry", Mode::Deathmatch);
}

#[test]
fn eight_opponents_make_a_fight_in_the_pit() {
    check_lively("pit", Mode::Deathmatch);
}

#[test]
fn eight_opponents_make_a_team_match_on_the_divide() {
    check_lively("divide", Mode::TeamDeathmatch);
}

#[test]
fn opponents_find_each_other_on_the_plain() {
    let seen = watch("plain", Mode::Deathmatch, 100, 60, 20, 3);
    assert!(seen.kills > 10, "{seen:?}");
    assert!(seen.longest_rest.iter().all(|&secs| secs < 10.0), "{:?}", seen.longest_rest);
}

#[test]
fn same_seed_gives_the_same_match() {
    let hash = |seed| watch("foundry", Mode::Deathmatch, 8, 30, 30, seed).digest;
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}

/// Changes of the opponents' behaviour must be intended: these are hashes of their inputs in a few matches.
#[test]
fn same_opponents_decide_the_same_on_every_machine() {
    let expected = [
        ("foundry", Mode::Deathmatch, 8, 60, [0x748f_885d_6725_2825, 0x42a8_cdec_1eba_5e2a, 0x1958_3213_9aa3_85fc]),
        ("pit", Mode::Deathmatch, 12, 60, [0xb42b_ef55_22b8_42e2, 0xbd7e_e9f3_8bdd_892d, 0x7ba3_98cb_f1f1_2a69]),
        ("divide", Mode::TeamDeathmatch, 16, 60, [0xf646_2553_2d0d_7bf7, 0xb86b_6137_8b7f_4446, 0x09b9_c8b9_9595_45b8]),
        ("plain", Mode::Deathmatch, 60, 20, [0x448a_0e5c_e03a_25a1, 0xd26e_f81f_bb71_85bc, 0xaffe_7f00_8f5e_e119]),
    ];
    for (map, mode, players, secs, inputs) in expected {
        let decided = [20, 30, 60].map(|hz| watch(map, mode, players, secs, hz, 11).inputs);
        assert_eq!(decided, inputs, "{map}: {decided:#x?}");
    }
}

#[test]
fn wreck_asks_for_nothing() {
    let (name, text) = shipped().next().unwrap();
    let terrain =
        Terrain { map: Arc::new(file::parse(name, text).unwrap()), rules: Rules::new(TickRate::new(30).unwrap()) };
    let config = WorldConfig {
        seats: 1,
        mode: Mode::Deathmatch,
        score_limit: 0,
        match_secs: 0,
        warm_up_secs: 0,
        results_secs: 1,
    };
    let world = World::empty(terrain, config, 1);
    let input = opponent(1).input(&sight(&world, &Board::default(), PlayerId(0)));
    assert_eq!((input.heading, input.buttons.value()), (Heading::NONE, 0));
}

/// Prints statistics of matches: `cargo test -p arena --release --test opponents -- --ignored --nocapture`.
#[test]
#[ignore = "prints figures for people"]
fn figures() {
    for (map, mode) in [("foundry", Mode::Deathmatch), ("pit", Mode::Deathmatch), ("divide", Mode::TeamDeathmatch)] {
        for players in [2, 8, 16] {
            let Match { kills, suicides, hits, rails, shells, pickups, dashes, longest_rest, kills_by_player, .. } =
                watch(map, mode, players, 120, 30, 5);
            let rest = longest_rest.into_iter().fold(0.0, f32::max);
            println!(
                "{map:8} {players:2} players, 120 s: {kills} kills, {suicides} by own shells, {shells} shells, {hits} hits, \
                 {rails} rails, {pickups} pickups, {dashes} dashes, longest rest {rest:.1} s, kills {kills_by_player:?}"
            );
        }
    }
}

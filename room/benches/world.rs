//! The cost of the rules without a room, and of the decisions of computer opponents.
//!
//! `cargo bench -p room --bench world` prints microseconds per player-tick for the world and for decisions. Both are those of the median
//! tick, because other programs on the machine make some ticks long.

use std::{sync::Arc, time::Instant};

use arena::{
    input::{Buttons, Heading, Input},
    map::{file, shipped},
    rules::{
        Terrain,
        world::{PlayerInput, World, WorldConfig},
    },
    settings::Settings,
};
use room::{Phase, Room, RoomConfig};
use shared::{PlayerId, TickRate, rng::Rng};

const HZ: u16 = 20;
const WARM_UP_SECS: u32 = 10;
const SECS: u32 = 30;

/// The kind of players in a world.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Players {
    /// They change their heading now and then and never fire.
    Wander,
    /// They change their whole input four times a second, and hold the trigger a third of the time.
    Fight,
    /// Computer opponents.
    Opponents,
}

fn main() {
    println!("{:32} {:>9} {:>9} {:>8}", "", "world µs", "decide µs", "shells");
    for (map, players) in [("foundry", 16), ("pit", 64), ("plain", 1_000), ("plain", 2_000), ("pit", 1_000)] {
        for (who, name) in [(Players::Wander, "wander"), (Players::Fight, "fight"), (Players::Opponents, "opponents")] {
            let (world, decide, shells) = run(map, players, who);
            println!("{:32} {world:9.3} {decide:9.3} {shells:8.0}", format!("{map}, {players} players, {name}"));
        }
    }
}

/// Microseconds per player-tick of the world and of decisions, in the median tick, and the mean number of shells.
fn run(map: &str, players: u16, who: Players) -> (f64, f64, f64) {
    let (name, text) = shipped().find(|(name, _)| *name == map).expect("the map is shipped");
    let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    let terrain = Terrain::new(map, TickRate::new(HZ).expect("within the limits"));
    let settings = Settings { score_limit: 0, match_secs: 0, warm_up_secs: 0, ..Settings::default() };
    let (mut in_world, mut in_minds, mut shells) = (Vec::new(), Vec::new(), 0);
    let mut note = |tick: u32, decided: f64, stepped: f64, flying: usize| {
        if tick >= WARM_UP_SECS * u32::from(HZ) {
            in_minds.push(decided);
            in_world.push(stepped);
            shells += flying;
        }
    };
    match who {
        Players::Opponents => play_opponents(terrain, settings, players, &mut note),
        Players::Wander | Players::Fight => play_world(terrain, settings, players, who, &mut note),
    }
    let per_player = |times: Vec<f64>| median(times) * 1e6 / f64::from(players);
    let ticks = in_world.len() as f64;
    (per_player(in_world), per_player(in_minds), shells as f64 / ticks)
}

/// Measures a world without a room.
fn play_world(
    terrain: Terrain,
    settings: Settings,
    players: u16,
    who: Players,
    note: &mut impl FnMut(u32, f64, f64, usize),
) {
    let mut world = World::empty(terrain, WorldConfig::new(players, &settings), 1);
    let mut rng = Rng::new(2);
    for seat in 0..players {
        world.add_player(PlayerId(seat));
    }
    let mut inputs = vec![Some(PlayerInput::default()); players.into()];
    for tick in 0..(WARM_UP_SECS + SECS) * u32::from(HZ) {
        let began = Instant::now();
        for input in inputs.iter_mut().flatten() {
            if rng.chance(1, if who == Players::Wander { 10 } else { 5 }) {
                input.input = random_input(&mut rng, who);
            }
        }
        let decided = Instant::now();
        world.make_tick(&inputs, &());
        let stepped = decided.elapsed().as_secs_f64();
        while world.poll_event().is_some() {}
        note(tick, (decided - began).as_secs_f64(), stepped, world.shells());
    }
}

/// Measures a room with opponents alone, who search the room's history. Recording that history counts as time of the world.
fn play_opponents(terrain: Terrain, settings: Settings, players: u16, note: &mut impl FnMut(u32, f64, f64, usize)) {
    let tick_rate = terrain.rules.tick_rate;
    let config = RoomConfig { seats: players, fill: players, settings, ..RoomConfig::<World>::new(terrain, tick_rate) };
    let mut room = Room::new(config, 1);
    for tick in 0..(WARM_UP_SECS + SECS) * u32::from(HZ) {
        let (mut last, mut decided, mut stepped) = (Instant::now(), 0.0, 0.0);
        room.tick_observed(|phase| {
            let took = last.elapsed().as_secs_f64();
            match phase {
                Phase::Inputs => decided = took,
                Phase::Simulate => stepped = took,
                Phase::Replicate => {}
            }
            last = Instant::now();
        });
        while room.poll_output().is_some() {}
        note(tick, decided, stepped, room.game().shells());
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn random_input(rng: &mut Rng, who: Players) -> Input {
    let fires = who == Players::Fight && rng.chance(1, 3);
    let buttons = if fires { Buttons::FIRE } else { Buttons::NONE };
    let heading = Heading::new(rng.between(0, 64) as u8).expect("within the range");
    Input { heading, aim: rng.below(1_024) as u16, buttons }
}

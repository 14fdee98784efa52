//! What the rules cost without a room around them, and what computer opponents do.
//!
//! `cargo bench -p room --bench world` prints microseconds per player-tick of the world and per decision, each of the
//! median tick: other programs on the machine make some ticks long.

use std::{sync::Arc, time::Instant};

use arena::{
    input::{Buttons, Heading, Input},
    map::{file, shipped},
    rules::{
        Mode, Terrain,
        numbers::Rules,
        world::{PlayerInput, World, WorldConfig},
    },
};
use room::opponent::Opponent;
use shared::{PlayerId, TickRate, rng::Rng};

const HZ: u16 = 20;
const WARM_UP_SECS: u32 = 10;
const SECS: u32 = 30;

/// Who plays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Players {
    /// New headings now and then, nobody fires.
    Wander,
    /// Everything changes four times a second, and a third of the time the trigger is held.
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

/// Microseconds per player-tick of the world and of decisions in the median tick, and the mean number of shells.
fn run(map: &str, players: u16, who: Players) -> (f64, f64, f64) {
    let (name, text) = shipped().find(|(name, _)| *name == map).expect("the map is shipped");
    let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    let terrain = Terrain { map, rules: Rules::new(TickRate::new(HZ).expect("within the limits")) };
    let config = WorldConfig {
        seats: players,
        mode: Mode::Deathmatch,
        score_limit: 0,
        match_secs: 0,
        warm_up_secs: 0,
        results_secs: 1,
    };
    let mut world = World::empty(terrain, config, 1);
    let mut rng = Rng::new(2);
    let mut opponents: Vec<_> = (0..players).map(|seat| Opponent::new(seat.into())).collect();
    for seat in 0..players {
        world.add_player(PlayerId(seat));
    }
    let mut inputs = vec![Some(PlayerInput::default()); players.into()];
    let (mut in_world, mut in_minds, mut shells) = (Vec::new(), Vec::new(), 0);
    for tick in 0..(WARM_UP_SECS + SECS) * u32::from(HZ) {
        let began = Instant::now();
        for (seat, input) in inputs.iter_mut().enumerate() {
            let input = &mut input.as_mut().expect("everyone has one").input;
            match who {
                Players::Opponents => *input = opponents[seat].decide(&world, PlayerId(seat as u16)),
                Players::Wander if !rng.chance(1, 10) => {}
                Players::Fight if !rng.chance(1, 5) => {}
                Players::Wander | Players::Fight => *input = random_input(&mut rng, who),
            }
        }
        let decided = Instant::now();
        world.make_tick(&inputs, &());
        let stepped = Instant::now();
        while world.poll_event().is_some() {}
        if tick >= WARM_UP_SECS * u32::from(HZ) {
            in_minds.push((decided - began).as_secs_f64());
            in_world.push((stepped - decided).as_secs_f64());
            shells += world.shells();
        }
    }
    let per_player = |times: Vec<f64>| median(times) * 1e6 / f64::from(players);
    let ticks = in_world.len() as f64;
    (per_player(in_world), per_player(in_minds), shells as f64 / ticks)
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

//! The cost of a tick without sockets: inputs, rules, interest, replication.
//!
//! `cargo bench -p room --bench tick` prints microseconds per player-tick and bytes per second and player, for rooms of 16, 64 and 1,000.

use arena::rules::{Terrain, World};
use std::{sync::Arc, time::Instant};

use arena::{
    event::Team,
    input::{Buttons, Heading, Input},
    map::{Map, Spawn},
};
use client::view::View;
use room::{Channel, Joining, Phase, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    rng::Rng,
    wire::{Ack, InputMessage},
};

const HZ: u16 = 20;
const SECS: u32 = 30;

fn main() {
    let only = std::env::args().nth(1).filter(|word| !word.starts_with("--"));
    let rate = TickRate::new(HZ).expect("within the limits");
    for (name, players, tiles, interest_px, fight) in [
        ("wander, room of 16", 16, 26, 5_000, false),
        ("wander, room of 64", 64, 40, 9_000, false),
        ("wander, plain of 1,000", 1_000, 160, 800, false),
        ("wander, crowd of 1,000 in one view", 1_000, 60, 9_000, false),
        ("fight, room of 16", 16, 26, 5_000, true),
        ("fight, plain of 1,000", 1_000, 160, 800, true),
    ] {
        if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
            continue;
        }
        for reliable in [true, false] {
            run(name, rate, players, tiles, interest_px, fight, reliable);
        }
    }
}

fn run(name: &str, rate: TickRate, players: usize, tiles: u16, interest_px: u32, fight: bool, reliable: bool) {
    let mut config = RoomConfig::<World>::new(Terrain::new(map(tiles), rate), rate);
    config.seats = players as u16;
    config.interest_px = Some(interest_px);
    config.settings.match_secs = 100_000;
    config.settings.score_limit = u16::MAX;
    let mut room = Room::new(config, 1);
    let mut rng = Rng::new(2);
    let ids: Vec<PlayerId> = (0..players)
        .map(|_| room.join(Joining { name: "bench".into(), plain: false, reliable }).expect("there are seats"))
        .collect();
    while room.poll_output().is_some() {}
    let mut inputs = vec![Input::default(); players];
    let mut view = View::<World>::new();
    let (mut spent, mut bytes, mut measured) = ([0f64; 3], 0, 0u32);
    let warm_up = 5 * u32::from(HZ);
    for tick in 0..warm_up + SECS * u32::from(HZ) {
        let ack = Ack { newest: room.now().minus(1), missing: 0 };
        for (&id, input) in ids.iter().zip(&mut inputs) {
            if rng.chance(1, if fight { 4 } else { 10 }) {
                input.aim = rng.below(1_024) as u16;
                input.heading = Heading::from_aim(input.aim);
                input.buttons = if fight && rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
            }
            room.handle_input(id, &InputMessage::new(room.now().next(), ack, 0, [*input]), 1_000);
        }
        let mut last = Instant::now();
        let mut phases = [0f64; 3];
        room.tick_observed(|phase| {
            let now = Instant::now();
            let index = match phase {
                Phase::Inputs => 0,
                Phase::Simulate => 1,
                Phase::Replicate => 2,
            };
            phases[index] = (now - last).as_secs_f64();
            last = now;
        });
        let counts = tick >= warm_up;
        measured += u32::from(counts);
        while let Some(output) = room.poll_output() {
            if counts && output.channel == Channel::Unreliable {
                bytes += output.bytes.len();
            }
            let _ = view.apply(output.bytes);
        }
        if counts {
            spent.iter_mut().zip(phases).for_each(|(sum, phase)| *sum += phase);
        }
    }
    let player_ticks = f64::from(measured) * players as f64;
    let [inputs, simulate, replicate] = spent.map(|seconds| seconds * 1e6 / player_ticks);
    let link = if reliable { "reliable" } else { "datagrams" };
    println!(
        "{name:36} {link:10} {:6.3} us per player-tick ({inputs:.3} inputs, {simulate:.3} simulate, {replicate:.3} \
         replicate), {:7.0} bytes/s per player",
        inputs + simulate + replicate,
        bytes as f64 / player_ticks * f64::from(HZ),
    );
}

fn map(tiles: u16) -> Arc<Map> {
    let mut rng = Rng::new(9);
    let count = usize::from(tiles).pow(2);
    let walls: Vec<bool> = (0..count).map(|_| rng.chance(1, 40)).collect();
    let mut map = Map::new("bench".into(), 64, tiles, tiles, walls.clone(), Vec::new());
    let floor = (0..count).filter(|&tile| !walls[tile]);
    let spawn = |tile: usize| Spawn { team: Team::None, column: tile as u16 % tiles, row: tile as u16 / tiles };
    map.spawns = floor.step_by(3).map(spawn).collect();
    Arc::new(map)
}

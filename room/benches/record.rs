//! The cost of a recording: in the tick, in the writer, on disk, and in playback.
//!
//! `cargo bench -p room --bench record` makes ticks of two equal rooms in turn, one of which is recorded, and prints medians, because
//! other programs on the machine make some ticks long.

use arena::rules::{Terrain, World};
use std::{sync::Arc, time::Instant};

use arena::{
    input::{Buttons, Heading, Input},
    map::{file, shipped},
};
use room::{
    Joining, Phase, Room, RoomConfig,
    record::{FileHeader, Packer, RecordOptions, verify},
};
use shared::{
    PlayerId, TickRate,
    game::Game,
    rng::Rng,
    wire::{Ack, InputMessage},
};

const HZ: u16 = 30;
const SECS: u32 = 60;

/// The kind of players in a room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Players {
    /// Aim and keys change four times a second.
    Bots,
    /// The aim changes in every tick, the keys four times a second.
    People,
    /// Computer opponents.
    Opponents,
}

fn main() {
    println!(
        "{:28} {:>8} {:>8} {:>7} {:>9} {:>9} {:>10} {:>9}",
        "", "without", "with", "more", "hash ns", "pack ns", "B/hour", "ticks/s"
    );
    for (map, players) in [("foundry", 16), ("pit", 64), ("plain", 1_000)] {
        for who in [Players::Bots, Players::People, Players::Opponents] {
            run(map, players, who);
        }
    }
}

struct Stage {
    room: Room<World>,
    ids: Vec<PlayerId>,
}

fn stage(map: &str, players: u16, who: Players) -> Stage {
    let (name, text) = shipped().find(|(name, _)| *name == map).expect("the map is shipped");
    let map = Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    let mut config = RoomConfig::<World>::new(
        Terrain::new(map, TickRate::new(HZ).expect("within the limits")),
        TickRate::new(HZ).expect("within the limits"),
    );
    (config.seats, config.settings.match_secs, config.settings.score_limit) = (players, 100_000, u16::MAX);
    config.fill = if who == Players::Opponents { players } else { 0 };
    let mut room = Room::new(config, 1);
    let joining = || Joining { name: "bench".into(), plain: false, reliable: true };
    let count = if who == Players::Opponents { 0 } else { players };
    let ids = (0..count).map(|_| room.join(joining()).expect("there are seats")).collect();
    while room.poll_output().is_some() {}
    Stage { room, ids }
}

impl Stage {
    fn hear(&mut self, inputs: &[Input]) {
        let ack = Ack { newest: self.room.now().minus(1), missing: 0 };
        for (&id, &input) in self.ids.iter().zip(inputs) {
            let message = InputMessage::new(self.room.now().next(), ack, 9, [input]);
            self.room.handle_input(id, &message, 1_000);
        }
    }

    /// Makes a tick and returns its duration until the end of replication, seconds.
    fn tick(&mut self) -> f64 {
        let began = Instant::now();
        let mut ended = began;
        self.room.tick_observed(|phase| {
            if phase == Phase::Replicate {
                ended = Instant::now();
            }
        });
        while self.room.poll_output().is_some() {}
        (ended - began).as_secs_f64()
    }
}

fn run(map: &str, players: u16, who: Players) {
    let (mut plain, mut recorded) = (stage(map, players, who), stage(map, players, who));
    recorded.room.record(RecordOptions { shard: 0, checkpoint_secs: 10 });
    let mut rng = Rng::new(2);
    let mut inputs = vec![Input::default(); players.into()];
    let (mut without, mut with, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut file, mut packing) = (Vec::new(), 0.0);
    let mut packer = Packer::new();
    FileHeader::new::<World>("bench", 0).encode(&mut file);
    let ticks = SECS * u32::from(HZ);
    for tick in 0..ticks {
        for input in &mut inputs {
            if who == Players::People {
                input.aim = (i32::from(input.aim) + rng.between(-24, 24)).rem_euclid(1_024) as u16;
            }
            if rng.chance(4, HZ.into()) {
                if who == Players::Bots {
                    input.aim = rng.below(1_024) as u16;
                }
                input.heading = Heading::new(rng.below(65) as u8).expect("within the range");
                input.buttons = if rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
            }
        }
        plain.hear(&inputs);
        recorded.hear(&inputs);
        // The room that comes first pays for cold caches.
        let (one, other) = match tick % 2 {
            0 => (plain.tick(), recorded.tick()),
            _ => {
                let other = recorded.tick();
                (plain.tick(), other)
            }
        };
        without.push(one);
        with.push(other);
        let began = Instant::now();
        std::hint::black_box(recorded.room.game().digest());
        hashes.push(began.elapsed().as_secs_f64());
        let began = Instant::now();
        while let Some(chunk) = recorded.room.poll_record() {
            packer.pack(&chunk, &mut file);
        }
        packing += began.elapsed().as_secs_f64();
    }
    recorded.room.end_record();
    while let Some(chunk) = recorded.room.poll_record() {
        packer.pack(&chunk, &mut file);
    }
    let hours = f64::from(ticks) * f64::from(players) / f64::from(HZ) / 3_600.0;
    let bytes_per_hour = file.len() as f64 / hours;
    let began = Instant::now();
    let verified = verify::<World>(file).expect("it was just recorded");
    let speed = f64::from(verified.ticks) / began.elapsed().as_secs_f64();
    assert!(verified.is_sound(), "{:?}", verified.first_difference);
    let ns = |seconds: f64| seconds * 1e9 / f64::from(players);
    let (without, with, hash) = (ns(median(without)), ns(median(with)), ns(median(hashes)));
    println!(
        "{:28} {without:8.0} {with:8.0} {:6.1}% {hash:9.1} {:9.1} {bytes_per_hour:10.0} {speed:9.0}",
        format!("{map}, {players} {who:?}"),
        (with / without - 1.0) * 100.0,
        ns(packing / f64::from(ticks)),
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

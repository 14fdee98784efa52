//! The hot paths, each as a fixed amount of work between two calls, for `cargo xtask instructions` to count.
//!
//! `cargo bench -p room --bench instructions` prints the names of the paths; with a name it does that path's work once.
//! What it costs is told by callgrind, which counts what happens inside of [`measured`] only: instructions do not depend
//! on how busy the machine is.

use std::sync::Arc;

use client::view::View;
use room::{Channel, Joining, Room, RoomConfig, opponent::Opponent};
use shared::{
    PlayerId, TickRate,
    input::{Buttons, Heading, Input},
    map::{Map, file, shipped},
    sim::{
        Terrain,
        rng::Rng,
        rules::Rules,
        world::{PlayerInput, World, WorldConfig},
    },
    wire::{Ack, ClientMessage, InputMessage, Mode},
};

const HZ: u16 = 20;
/// Ticks until the crafts have spread and buffers have grown.
const WARM_UP_TICKS: u32 = 60;
/// Ticks counted.
const TICKS: u32 = 60;

/// A path and its work.
type Path = (&'static str, fn());

const PATHS: [Path; 7] = [
    ("simulate: a fight of 64", simulate),
    ("decide: 64 opponents", decide),
    ("tick: wander in a room of 16", || tick("foundry", 16, None, false)),
    ("tick: fight in a room of 64", || tick("pit", 64, None, true)),
    ("tick: wander on the plain, 200 players, each sees a part", || tick("plain", 200, None, false)),
    ("tick: crowd of 200 in one view", || tick("plain", 200, Some(32_768), false)),
    ("decode: inputs, and the snapshots of a fight of 64", decode),
];

fn main() {
    match std::env::args().nth(1).filter(|word| !word.starts_with("--")) {
        None => PATHS.iter().for_each(|(name, _)| println!("{name}")),
        Some(wanted) => {
            let path = PATHS.iter().find(|(name, _)| *name == wanted);
            path.unwrap_or_else(|| panic!("no path is called {wanted:?}")).1();
        }
    }
}

/// What is counted. Never inlined: callgrind finds it by its name.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}

fn simulate() {
    let (mut world, mut rng) = (world(64), Rng::new(2));
    let mut inputs = vec![Some(PlayerInput::default()); 64];
    for tick in 0..WARM_UP_TICKS + TICKS {
        for input in inputs.iter_mut().flatten() {
            change(&mut input.input, &mut rng, true);
        }
        counted(tick, &mut || world.step(&inputs, &()));
        while world.poll_event().is_some() {}
    }
}

fn decide() {
    let mut world = world(64);
    let mut minds: Vec<_> = (0..64).map(Opponent::new).collect();
    let mut inputs = vec![Some(PlayerInput::default()); 64];
    for tick in 0..WARM_UP_TICKS + TICKS {
        counted(tick, &mut || {
            for (seat, (mind, input)) in (0..).map(PlayerId).zip(minds.iter_mut().zip(&mut inputs)) {
                *input = Some(PlayerInput { input: mind.decide(&world, seat), view_age: 0 });
            }
        });
        world.step(&inputs, &());
        while world.poll_event().is_some() {}
    }
}

fn tick(name: &str, players: u16, interest_px: Option<u32>, fights: bool) {
    let mut game = Game::new(name, players, interest_px, fights);
    for tick in 0..WARM_UP_TICKS + TICKS {
        game.handle_inputs();
        counted(tick, &mut || game.room.tick());
        while game.room.poll_output().is_some() {}
    }
}

fn decode() {
    let mut game = Game::new("pit", 64, None, true);
    let (mut inputs, mut messages) = (Vec::new(), Vec::new());
    for _ in 0..WARM_UP_TICKS + TICKS {
        inputs.extend(game.handle_inputs());
        game.room.tick();
        while let Some(output) = game.room.poll_output() {
            if output.player == PlayerId(0) {
                messages.push((output.channel, output.bytes.to_vec()));
            }
        }
    }
    let mut view = View::new();
    let mut applied = 0;
    measured(&mut || {
        for bytes in &inputs {
            assert!(ClientMessage::decode(bytes).is_ok());
        }
        for (channel, bytes) in &messages {
            applied += u32::from(view.apply(bytes).is_ok() && *channel == Channel::Unreliable);
        }
    });
    assert!(applied >= TICKS, "{applied} snapshots were applied");
}

/// A room and those who play in it.
struct Game {
    room: Room,
    players: Vec<(PlayerId, Input)>,
    rng: Rng,
    fights: bool,
}

impl Game {
    fn new(name: &str, players: u16, interest_px: Option<u32>, fights: bool) -> Self {
        let config = RoomConfig {
            seats: players,
            interest_px,
            warm_up_secs: 0,
            match_secs: 100_000,
            score_limit: u16::MAX,
            ..RoomConfig::new(map(name), rate())
        };
        let mut room = Room::new(config, 1);
        let joining = || Joining { name: "bench".into(), plain: false, reliable: false };
        let players =
            (0..players).map(|_| (room.join(joining()).expect("there are seats"), Input::default())).collect();
        Self { room, players, rng: Rng::new(2), fights }
    }

    /// Hands everybody's input in; gives them as they would have come.
    fn handle_inputs(&mut self) -> Vec<Vec<u8>> {
        let now = self.room.now();
        // A round trip of two ticks.
        let ack = Ack { newest: now.minus(2), missing: 0 };
        let mut sent = Vec::with_capacity(self.players.len());
        for (player, input) in &mut self.players {
            change(input, &mut self.rng, self.fights);
            let message = InputMessage::new(now.next(), ack, 4, [*input]);
            self.room.handle_input(*player, &message, 1_000);
            let mut bytes = Vec::new();
            ClientMessage::Input(message).encode(&mut bytes);
            sent.push(bytes);
        }
        sent
    }
}

fn counted(tick: u32, work: &mut dyn FnMut()) {
    if tick < WARM_UP_TICKS { work() } else { measured(work) }
}

fn change(input: &mut Input, rng: &mut Rng, fights: bool) {
    if rng.chance(1, if fights { 5 } else { 10 }) {
        input.aim = rng.below(1_024) as u16;
        input.heading = Heading::from_aim(input.aim);
        input.buttons = if fights && rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
    }
}

fn world(seats: u16) -> World {
    let terrain = Terrain { map: map("pit"), rules: Rules::new(rate()) };
    let mode = Mode::Deathmatch;
    let config = WorldConfig { seats, mode, score_limit: 0, match_secs: 0, warm_up_secs: 0, results_secs: 1 };
    let mut world = World::new(terrain, config, 1);
    for seat in 0..seats {
        world.add_player(PlayerId(seat), "bench".into(), true);
    }
    world
}

fn map(name: &str) -> Arc<Map> {
    let (name, text) = shipped().find(|(shipped, _)| *shipped == name).expect("the map is shipped");
    Arc::new(file::parse(name, text).expect("shipped maps are valid"))
}

fn rate() -> TickRate {
    TickRate::new(HZ).expect("within the limits")
}

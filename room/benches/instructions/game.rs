//! Rooms with a fixed seed: the players, their inputs, and the messages that one of them gets.

use arena::settings::Settings;
use std::sync::Arc;

use arena::{
    input::{Buttons, Heading, Input},
    map::{Map, file, shipped},
    rules::{
        Mode, Terrain,
        world::{World, WorldConfig},
    },
};
use room::{Channel, Joining, Room, RoomConfig};
use shared::{
    PlayerId, TickRate,
    rng::Rng,
    wire::{Ack, InputMessage},
};

const HZ: u16 = 20;

/// A room and its players.
pub(crate) struct Game {
    pub(crate) room: Room<World>,
    players: Vec<(PlayerId, Input)>,
    rng: Rng,
    fights: bool,
}

/// A message to a player.
pub(crate) struct Sent {
    pub(crate) channel: Channel,
    pub(crate) bytes: Vec<u8>,
}

impl Game {
    /// A room that all players have joined. Without `fights` they fly and never fire.
    pub(crate) fn new(map_name: &str, players: u16, interest_px: Option<u32>, fights: bool) -> Self {
        let config = RoomConfig {
            seats: players,
            interest_px,
            settings: Settings { warm_up_secs: 0, match_secs: 100_000, score_limit: u16::MAX, ..Settings::default() },
            ..RoomConfig::new(Terrain::new(map(map_name), rate()), rate())
        };
        let mut room = Room::new(config, 1);
        let joining = || Joining { name: "bench".into(), plain: false, reliable: false };
        let players =
            (0..players).map(|_| (room.join(joining()).expect("there are seats"), Input::default())).collect();
        Self { room, players, rng: Rng::new(2), fights }
    }

    /// The inputs of all players for the next tick, over links without loss and with a round trip of two ticks.
    pub(crate) fn inputs(&mut self) -> Vec<(PlayerId, InputMessage<Input>)> {
        let now = self.room.now();
        let ack = Ack { newest: now.minus(2), missing: 0 };
        let message = |(player, input): &mut (PlayerId, Input)| {
            change(input, &mut self.rng, self.fights);
            (*player, InputMessage::new(now.next(), ack, 4, [*input]))
        };
        self.players.iter_mut().map(message).collect()
    }

    pub(crate) fn handle_inputs(&mut self) {
        for (player, message) in self.inputs() {
            self.room.handle_input(player, &message, 1_000);
        }
    }

    /// The messages to the first player since the last call. Those to other players are dropped.
    pub(crate) fn poll_sent(&mut self) -> Vec<Sent> {
        let (first, _) = self.players[0];
        let mut sent = Vec::new();
        while let Some(output) = self.room.poll_output() {
            if output.member == first.into() {
                sent.push(Sent { channel: output.channel, bytes: output.bytes.to_vec() });
            }
        }
        sent
    }
}

/// Changes a player's input now and then.
pub(crate) fn change(input: &mut Input, rng: &mut Rng, fights: bool) {
    if rng.chance(1, if fights { 5 } else { 10 }) {
        input.aim = rng.below(1_024) as u16;
        input.heading = Heading::from_aim(input.aim);
        input.buttons = if fights && rng.chance(1, 3) { Buttons::FIRE } else { Buttons::NONE };
    }
}

/// A room with computer opponents in all seats.
pub(crate) fn opponents(seats: u16) -> Room<World> {
    let settings = Settings { warm_up_secs: 0, match_secs: 0, score_limit: 0, ..Settings::default() };
    let config =
        RoomConfig { seats, fill: seats, settings, ..RoomConfig::new(Terrain::new(map("pit"), rate()), rate()) };
    Room::new(config, 1)
}

/// A world without a room.
pub(crate) fn world(seats: u16) -> World {
    let terrain = Terrain::new(map("pit"), rate());
    let mode = Mode::Deathmatch;
    let config = WorldConfig { seats, mode, score_limit: 0, match_secs: 0, warm_up_secs: 0, results_secs: 1 };
    let mut world = World::empty(terrain, config, 1);
    for seat in 0..seats {
        world.add_player(PlayerId(seat));
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

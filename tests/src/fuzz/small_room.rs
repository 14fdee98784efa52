//! A small room with short matches, so that a few hundred ticks of a fuzzer reach every phase and both maps; and the
//! messages of such a room.

use arena::rules::{Terrain, World};
use arena::settings::Settings;
use std::sync::{Arc, OnceLock};

use arena::{
    event::Team,
    map::{Map, PickupKind, PickupPlace, Spawn},
    rules::Mode,
};
use room::{Joining, Room, RoomConfig};
use shared::{TickRate, wire::ServerMessage};

/// Seats of the room.
pub(crate) const SEATS: u16 = 6;

/// The room, by seed.
pub(crate) fn room(seed: u8) -> Room<World> {
    let tick_rate = TickRate::new(10).expect("10 Hz is allowed");
    let mode = if seed & 1 == 0 { Mode::Deathmatch } else { Mode::TeamDeathmatch };
    let config = RoomConfig {
        seats: SEATS,
        fill: 3,
        maps: [walled(9, 9), walled(24, 12)].map(|map| Terrain::new(Arc::new(map), tick_rate)).to_vec(),
        settings: Settings { mode, score_limit: 3, match_secs: 10, warm_up_secs: 1, results_secs: 1 },
        ..RoomConfig::new(Terrain::new(Arc::new(walled(9, 9)), tick_rate), tick_rate)
    };
    Room::new(config, seed.into())
}

/// Messages that a room of opponents sends to one player in its first seconds: welcome, map, then snapshots.
pub(crate) fn recorded() -> &'static [Vec<u8>] {
    static MESSAGES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        let mut room = room(2);
        room.join(Joining { name: "p".to_owned(), plain: false, reliable: true }).expect("a new room has a free seat");
        let mut messages = Vec::new();
        for _ in 0..40 {
            while let Some(output) = room.poll_output() {
                let message = ServerMessage::decode(output.bytes).expect("the room writes messages that can be read");
                if !matches!(message, ServerMessage::Events { .. } | ServerMessage::GameEvents(_)) {
                    messages.push(output.bytes.to_vec());
                }
            }
            room.tick();
        }
        messages
    })
}

/// A walled rectangle with a few pillars, spawns for everyone and one pickup of each kind.
fn walled(width: u16, height: u16) -> Map {
    let is_wall = |column: u16, row: u16| {
        let border = column == 0 || row == 0 || column == width - 1 || row == height - 1;
        border || (column % 4 == 3 && row % 4 == 3)
    };
    let walls = (0..height).flat_map(|row| (0..width).map(move |column| is_wall(column, row))).collect();
    let place = |kind, column, row| PickupPlace { kind, column, row };
    let pickups = vec![
        place(PickupKind::Health, 1, height - 2),
        place(PickupKind::Rapid, width - 2, 1),
        place(PickupKind::Shield, width - 2, height - 2),
        place(PickupKind::Rail, 2, 2),
    ];
    let teams = [Team::None, Team::Red, Team::Blue].into_iter().cycle();
    let spawns = (1..width - 1).zip(teams).map(|(column, team)| Spawn { team, column, row: 1 }).collect();
    Map::new("fuzz".to_owned(), 64, width, height, walls, pickups).with_server_side(spawns, 700)
}

//! The small arenas of the vectors.

use std::sync::Arc;

use arena::{
    map::{Map, PickupKind, PickupPlace},
    rules::{
        Terrain,
        numbers::{Motion, Rules},
    },
};
use shared::TickRate;

use crate::json::{Json, object};

/// Twelve by nine tiles with a pillar and a niche.
const PILLAR: [&str; 9] = [
    "############",
    "#....#.....#",
    "#..........#",
    "#...##.....#",
    "#...##..#..#",
    "#..........#",
    "#..........#",
    "##.....#...#",
    "############",
];

/// The arena at a tick rate, with tiles of 64 px.
pub(crate) fn pillar(hz: u16) -> Terrain {
    let walls = PILLAR.iter().flat_map(|row| row.bytes().map(|tile| tile == b'#')).collect();
    let pickups = vec![
        PickupPlace { kind: PickupKind::Health, column: 2, row: 2 },
        PickupPlace { kind: PickupKind::Rail, column: 9, row: 6 },
    ];
    let map = Map::new("pillar".to_owned(), 64, PILLAR[0].len() as u16, PILLAR.len() as u16, walls, pickups);
    Terrain { map: Arc::new(map), rules: Rules::new(TickRate::new(hz).expect("a rate the server accepts")) }
}

/// The arena mirrored, for a change of map.
pub(crate) fn mirrored(hz: u16) -> Terrain {
    let walls = PILLAR.iter().flat_map(|row| row.bytes().rev().map(|tile| tile == b'#')).collect();
    let pickups = vec![PickupPlace { kind: PickupKind::Shield, column: 3, row: 6 }];
    let map = Map::new("mirror".to_owned(), 64, PILLAR[0].len() as u16, PILLAR.len() as u16, walls, pickups);
    Terrain { map: Arc::new(map), ..pillar(hz) }
}

/// Data that a vector needs for its states to be computed: walls and the numbers of the welcome.
pub(crate) fn describe(terrain: &Terrain) -> Json {
    let map = &terrain.map;
    let Motion { acceleration, drag, dash, speed_max, shell_speed: _, shell_steps } = terrain.rules.motion;
    let tile = |column, row| if map.is_wall(column, row) { '#' } else { '.' };
    let row = |row| (0..map.width().into()).map(|column| tile(column, row)).collect::<String>();
    object! {
        "tick_hz": terrain.rules.tick_rate.hz(),
        "acceleration": acceleration,
        "drag": drag,
        "dash": dash,
        "speed_max": speed_max,
        "shell_steps": shell_steps,
        "tile_px": map.tile_px(),
        "rows": Json::list((0..map.height().into()).map(row)),
    }
}

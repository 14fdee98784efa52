//! Small maps for tests, made in code, so that a test shows the map it uses.

use std::sync::Arc;

use arena::{
    event::Team,
    map::{Map, PickupKind, PickupPlace, Spawn, file, shipped},
};

/// Side of a tile of these maps, px.
pub const TILE_PX: u16 = 64;

/// The map with this name: `pit`, `cave`, `plain` or `lane`, or one that players get, as `shipped/pit`.
///
/// # Panics
/// For another name.
pub fn by_name(name: &str) -> Arc<Map> {
    if let Some(name) = name.strip_prefix("shipped/") {
        let mut shipped = shipped();
        let (name, text) = shipped.find(|(shipped, _)| *shipped == name).expect("a map that is shipped");
        return Arc::new(file::parse(name, text).expect("shipped maps are valid"));
    }
    Arc::new(match name {
        "pit" => pit(),
        "cave" => cave(),
        "plain" => plain(64),
        "lane" => lane(),
        _ => panic!("no test map is called {name}"),
    })
}

/// A small walled square with four pillars and every kind of pickup: everyone sees everyone.
fn pit() -> Map {
    let side = 14;
    let pillar = |column, row| matches!(column, 4 | 9) && matches!(row, 4 | 9);
    let map = build("pit", side, side, pillar, &[(3, 3), (3, 10), (10, 3), (10, 10)]);
    seen(map, &[(2, 2), (2, 11), (11, 2), (11, 11), (6, 2), (6, 11), (2, 6), (11, 6)], 1_300)
}

/// A larger square full of pillars: shells bounce a lot, and interest cuts through it.
fn cave() -> Map {
    let side = 28;
    let pillar = |column, row| column % 4 == 3 && row % 4 == 3 || column % 8 == 5 && row % 8 == 2;
    let map = build("cave", side, side, pillar, &[(2, 2), (2, 25), (25, 2), (25, 25), (13, 13), (14, 6)]);
    let spawns: Vec<_> = (1..27).step_by(4).flat_map(|row| (1..27).step_by(4).map(move |c| (c, row))).collect();
    seen(map, &spawns, 700)
}

/// An open square of `side` tiles with pickups here and there.
fn plain(side: u16) -> Map {
    let every = |step: u16| {
        let line = (4..side - 4).step_by(step.into());
        line.clone().flat_map(move |row| line.clone().map(move |column| (column, row))).collect::<Vec<_>>()
    };
    let map = build("plain", side, side, |_, _| false, &every(15));
    seen(map, &every(6), 600)
}

/// A long corridor with a spawn at each end.
fn lane() -> Map {
    seen(build("lane", 60, 5, |_, _| false, &[]), &[(2, 2), (57, 2)], 800)
}

fn build(name: &str, width: u16, height: u16, pillar: impl Fn(u16, u16) -> bool, pickups: &[(u16, u16)]) -> Map {
    let border = |column, row| column == 0 || row == 0 || column == width - 1 || row == height - 1;
    let tiles = (0..height).flat_map(|row| (0..width).map(move |column| (column, row)));
    let walls = tiles.map(|(column, row)| border(column, row) || pillar(column, row)).collect();
    let kinds = [PickupKind::Health, PickupKind::Rapid, PickupKind::Shield, PickupKind::Rail];
    let place = |(&(column, row), kind)| PickupPlace { kind, column, row };
    let pickups = pickups.iter().zip(kinds.into_iter().cycle()).map(place).collect();
    Map::new(name.to_owned(), TILE_PX, width, height, walls, pickups)
}

/// With spawns for everyone and a radius of interest, px.
fn seen(map: Map, tiles: &[(u16, u16)], interest_px: u32) -> Map {
    let spawns = tiles.iter().map(|&(column, row)| Spawn { team: Team::None, column, row }).collect();
    map.with_server_side(spawns, interest_px)
}

//! Fixtures of several unit tests.

use std::sync::Arc;

use arena::{
    map::{file, shipped},
    rules::{Terrain, numbers::Rules},
};
use glam::IVec2;
use shared::TickRate;

/// The map `foundry` at 30 Hz.
pub(crate) fn terrain() -> Terrain {
    let (name, text) = shipped().find(|(name, _)| *name == "foundry").expect("the map is shipped");
    let map = file::parse(name, text).expect("shipped maps are valid");
    Terrain { map: Arc::new(map), rules: Rules::new(TickRate::new(30).expect("30 Hz is allowed")) }
}

/// Position of a spawn of the map, position units.
pub(crate) fn spawn(terrain: &Terrain, index: usize) -> IVec2 {
    let spawn = terrain.map.spawns[index];
    terrain.map.tile_center(spawn.column, spawn.row)
}

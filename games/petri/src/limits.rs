//! The game's bounds, each with its reason.

use shared::limits::{PREDICTED_ENTITIES_MAX, ROOM_ENTITIES_MAX, ROOM_PLAYERS_MAX};

/// Cells of one player: as many as the entity ids of the largest room allow, with all pellets and crumbs.
pub const CELLS_MAX: usize = 12;
/// Pellets in a dish.
pub const PELLETS_MAX: usize = 8_192;
/// Crumbs in a dish; at this number no cell can eject.
pub const CRUMBS_MAX: usize = 4_096;
/// Mass of one cell: its radius is 1,131 px, and its view still fits the dish. Mass beyond it is lost.
pub const MASS_MAX: u32 = 20_000;

const _: () = assert!(ROOM_PLAYERS_MAX * CELLS_MAX + PELLETS_MAX + CRUMBS_MAX <= ROOM_ENTITIES_MAX);
const _: () = assert!(CELLS_MAX <= PREDICTED_ENTITIES_MAX);

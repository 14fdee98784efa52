//! The arena's bounds, each with its reason.

use shared::limits::{ROOM_ENTITIES_MAX, ROOM_PLAYERS_MAX};

/// Shells alive in one room, per seat: even a rapid gun has fewer in the air.
pub const SHELLS_PER_SEAT: usize = 16;
/// Shells alive in one room.
pub const SHELLS_MAX: usize = 16_384;
/// Pickup places on one map.
pub const PICKUPS_MAX: usize = 256;
/// Map width and height, tiles.
pub const MAP_TILES_MAX: u16 = 256;

const _: () = assert!(ROOM_PLAYERS_MAX + PICKUPS_MAX + SHELLS_MAX < ROOM_ENTITIES_MAX);

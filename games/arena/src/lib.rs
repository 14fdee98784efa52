//! Ricochet, the game: crafts that fly through a maze of walls and fire shells that bounce off them.
//!
//! Nothing here does I/O, reads a clock, starts a thread or asks a global source of randomness, so the same code runs
//! in the server, in a bot and, compiled to WebAssembly, in a browser, and gives the same bits in all three.

pub mod board;
pub mod bot;
pub mod entity;
pub mod event;
mod flight;
pub mod input;
pub mod limits;
pub mod map;
pub mod own;
pub mod rules;
pub mod settings;

use shared::{EntityId, PlayerId};

/// What the game is called, to clients and in settings.
pub const NAME: &str = "arena";
/// Raised by every change of its rules or layouts.
pub const VERSION: u16 = 1;

/// The craft a player steers: crafts have the lowest entity ids, one per seat.
pub const fn craft_of(player: PlayerId) -> EntityId {
    EntityId(player.0)
}

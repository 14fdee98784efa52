//! The arena, the game that Ricochet ships with: crafts that fly through a maze of walls and fire shells that bounce
//! off them.
//!
//! Nothing here does I/O, reads a clock, starts a thread or uses a global random number generator. The same code
//! therefore runs in the server, in a bot and, compiled to WebAssembly, in a browser, with the same results bit for
//! bit.

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

/// Name of the game, for clients and settings.
pub const NAME: &str = "arena";
/// Version of rules and layouts; every change raises it.
pub const VERSION: u16 = 1;

/// The craft a player steers: crafts have the lowest entity ids, one per seat.
pub const fn craft_of(player: PlayerId) -> EntityId {
    EntityId(player.0)
}

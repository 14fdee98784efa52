//! Petri, a game: cells drift in a dish, swallow pellets and smaller cells, split, and eject crumbs.
//!
//! Nothing here does I/O, reads a clock, starts a thread or uses a global random number generator. The same code
//! therefore runs in the server, in a bot and, compiled to WebAssembly, in a browser, with the same results bit for
//! bit.

pub mod board;
pub mod bot;
pub mod entity;
pub mod event;
pub mod input;
pub mod limits;
pub mod own;
pub mod plate;
pub mod rules;
pub mod settings;

use shared::{EntityId, PlayerId};

use limits::CELLS_MAX;
pub use rules::Dish;

/// Name of the game, for clients and settings.
pub const NAME: &str = "petri";
/// Version of rules and layouts; raise it with every change.
pub const VERSION: u16 = 1;

/// The id of a player's cell: cells have the lowest ids, a row of [`CELLS_MAX`] for each seat.
pub const fn entity_id(player: PlayerId, slot: usize) -> EntityId {
    EntityId((player.index() * CELLS_MAX + slot) as u16)
}

//! Petri, a game: cells drift in a dish, swallow pellets and smaller cells, split, and eject crumbs.
//!
//! Nothing here does I/O, reads a clock, starts a thread or asks a global source of randomness, so the same code runs in the server, in a
//! bot and, compiled to WebAssembly, in a browser, and gives the same bits in all three.

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

/// The name of the game, to clients and in settings.
pub const NAME: &str = "petri";
/// Raise it with every change of the rules or of a layout.
pub const VERSION: u16 = 1;

/// The id of a player's cell: cells have the lowest ids, a row of [`CELLS_MAX`] for each seat.
pub const fn entity_id(player: PlayerId, slot: usize) -> EntityId {
    EntityId((player.index() * CELLS_MAX + slot) as u16)
}

//! What both ends of Ricochet must agree on: wire messages, quantised state, the rules of the game, maps, limits.
//!
//! Nothing here does I/O, reads a clock, starts a thread or asks a global source of randomness, so the same code runs
//! in the server, in a bot and, compiled to WebAssembly, in a browser, and gives the same bits in all three.

// What the derives write names this crate, also where it is used inside of it.
extern crate self as shared;

pub mod conditioner;
pub mod entity;
pub mod game;
pub mod id;
pub mod input;
pub mod keyed_hash;
pub mod limits;
pub mod map;
pub mod quantize;
pub mod sim;
pub mod tick;
pub mod wire;

pub use id::{EntityId, MemberId, PlayerId, RoomId, SpectatorId};
pub use tick::{Tick, TickRate};

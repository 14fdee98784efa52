//! What both ends of any game must agree on: the traits a game implements, wire messages, ticks, ids, units, limits.
//!
//! Nothing here does I/O, reads a clock, starts a thread or asks a global source of randomness, so the same code runs
//! in the server, in a bot and, compiled to WebAssembly, in a browser, and gives the same bits in all three.

// What the derives write names this crate, also where it is used inside of it.
extern crate self as shared;

pub mod conditioner;
pub mod game;
pub mod id;
pub mod keyed_hash;
pub mod limits;
pub mod quantize;
pub mod rng;
pub mod tick;
pub mod trig;
pub mod wire;

pub use id::{EntityId, MemberId, PlayerId, RoomId, SpectatorId};
pub use tick::{Tick, TickRate};

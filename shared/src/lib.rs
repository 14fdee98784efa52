//! Everything on which server and client must agree: the traits that a game implements, wire messages, ticks, ids, units, limits.
//!
//! Nothing here does I/O, reads a clock, starts a thread or uses a global source of randomness. So the same code runs
//! in the server, in a bot and, compiled to WebAssembly, in a browser, and computes the same bits in all three.

// The code that the derives generate names this crate `shared`, also inside of it.
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

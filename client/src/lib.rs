//! The client of a game: one library for the browser, for bots and for tests.
//!
//! [`Client`] is a value to drive: messages and the time go in, messages and events come out. It opens no socket, reads
//! no clock and starts no thread, and builds for wasm32. The `native` feature adds sockets on the stock async
//! libraries, for programs.
//!
//! ```text
//! bytes in -> Client::handle_message -> View (entities), Roster (players), Board (the game's shared state), Clock (when to send), Stats
//! intent   -> Client::set_intent -> Client::advance(now) -> InputWindow -> bytes out
//! ```
//!
//! Each frame draws a [`Scene`]. It is made from the entities that the player steers, which are predicted ahead of the server
//! ([`steered`], on [`predict`]), and from all other entities, which are interpolated between two of their states ([`interpolate`], at the
//! tick that [`render_clock`] gives). [`between`] makes the scene of a replay, where every state is known.

pub mod between;
pub mod client;
pub mod clock;
pub mod comeback;
#[cfg(test)]
mod fixtures;
pub mod inputs;
pub mod interpolate;
pub mod maps;
#[cfg(feature = "native")]
pub mod native;
pub mod pings;
pub mod predict;
pub mod render_clock;
pub mod roster;
pub mod screen;
pub mod sight;
mod silence;
pub mod smooth;
pub mod stats;
pub mod steered;
pub mod told;
pub mod view;

pub use between::Between;
pub use client::{Client, ClientConfig};
pub use comeback::{Comeback, NextStep};
pub use maps::Maps;
pub use roster::Roster;
pub use shared::game::Scene;
pub use sight::ClientSight;
pub use stats::{Counters, Measurement, Stats};
pub use told::{Channel, ClientEvent, Ending, Output};
pub use view::View;

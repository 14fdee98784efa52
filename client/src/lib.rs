//! A player's end of Ricochet: one library for the browser, for bots and for tests.
//!
//! [`Client`] is a value to drive: messages and the time go in, messages and events come out. It opens no socket, reads
//! no clock and starts no thread, and builds for wasm32. The `native` feature adds sockets on the stock async
//! libraries, for programs.
//!
//! ```text
//! bytes in -> Client::handle_message -> View (what is there), Roster (who plays), Clock (when to send), Stats
//! intent   -> Client::set_intent -> Client::advance(now) -> InputWindow -> bytes out
//! ```
//!
//! Between the view and a screen stand the own craft ahead of the server ([`own`], on [`predict`]), the others between
//! two of their states ([`interpolate`], at the time of [`render_clock`]), and the [`scene`] that is made of both for
//! every frame. [`between`] makes the scene of a replay, which knows everything.

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
pub mod own;
pub mod pings;
pub mod predict;
pub mod render_clock;
pub mod roster;
pub mod scene;
pub mod screen;
mod silence;
pub mod smooth;
pub mod stats;
pub mod told;
pub mod view;

pub use between::Between;
pub use client::{Client, ClientConfig};
pub use comeback::{Comeback, NextStep};
pub use maps::Maps;
pub use roster::Roster;
pub use scene::Scene;
pub use stats::{Counters, Measurement, Stats};
pub use told::{Channel, ClientEvent, Ending, Output};
pub use view::View;

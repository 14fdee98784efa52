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
//! Prediction of the own craft, reconciliation and interpolation (`predict`, `reconcile`, `interpolate`) will stand
//! between [`View`] and a screen; bots need none of them.

pub mod client;
pub mod clock;
pub mod inputs;
#[cfg(feature = "native")]
pub mod native;
pub mod pings;
pub mod roster;
pub mod stats;
pub mod view;

pub use client::{Channel, Client, ClientConfig, ClientEvent, Ending, Output};
pub use roster::Roster;
pub use stats::{Counters, Measurement, Stats};
pub use view::View;

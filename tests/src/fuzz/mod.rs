//! Bodies of the fuzz targets: each takes any bytes and panics if an invariant does not hold.
//!
//! `fuzz/` runs them under libFuzzer; `tests/corpus.rs` replays what it found with plain `cargo test`. This folder is
//! compiled into both, so it uses nothing of the harness.

pub mod client;
pub mod client_message;
pub mod deframer;
pub mod http3;
pub mod map_file;
pub mod recording;
pub mod room_operations;
pub mod server_message;
pub mod snapshot;

mod choices;
mod mirror;
mod small_room;

/// A target: the name of its corpus and the function that runs an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: &[Target] = &[
    ("client", client::run),
    ("client_message", client_message::run),
    ("deframer", deframer::run),
    ("http3", http3::run),
    ("map_file", map_file::run),
    ("recording", recording::run),
    ("room_operations", room_operations::run),
    ("server_message", server_message::run),
    ("snapshot", snapshot::run),
];

//! One harness on virtual time for the tests that cross crates.
//!
//! ```ignore
//! let arena = sim().players(3).loss(0.05).delay_ms(60).behavior(Behavior::Fight).run_secs(10);
//! arena.assert_truthful(0);
//! ```
//!
//! A real `room::Room` and real `client::Client`s, joined by links that lose, delay, repeat and reorder, in one thread
//! and one loop over events. Nothing sleeps: ten seconds take milliseconds.
//! Every room is recorded, and what was recorded must play again when it is dropped.

pub mod bare;
pub mod digest;
pub mod fuzz;
pub mod link;
pub mod maps;
pub mod oracle;
pub mod peer;
pub mod plan;
pub mod scenario;
pub mod script;
pub mod sim;
pub mod tape;
pub mod toy;
pub mod truth;
pub mod watcher;

pub use bare::BareRoom;
pub use link::Transport;
pub use plan::Plan;
pub use scenario::Scenario;
pub use script::{Behavior, Scripted};
pub use sim::{PlayerOptions, Sim, arena_room, sim};
pub use tape::Disk;
pub use truth::Looks;

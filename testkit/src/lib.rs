//! Building blocks for tests of any game: a room and its clients on virtual time.
//!
//! ```ignore
//! let match_ = Sim::<MyGame>::of(map, tick_rate).players(3).loss(0.05).delay_ms(60).run_secs(10);
//! match_.assert_truthful(0);
//! ```
//!
//! It has a real `room::Room` and real `client::Client`s, joined by links that lose, delay, repeat and reorder, in one
//! thread and one event loop. Nothing sleeps: ten seconds take milliseconds. Every room is recorded, and when it is
//! dropped the recording must play again.

pub mod arbitrary;
pub mod bare;
pub mod check;
pub mod digest;
pub mod link;
pub mod oracle;
pub mod peer;
pub mod scenario;
pub mod script;
pub mod sim;
pub mod tape;
pub mod truth;
pub mod watcher;

pub use bare::BareRoom;
pub use check::{Check, check};
pub use link::Transport;
pub use scenario::Scenario;
pub use script::{Behaves, Behavior, Script};
pub use sim::{PlayerOptions, Sim};
pub use tape::Disk;
pub use truth::Looks;

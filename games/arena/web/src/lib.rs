//! The module of the arena's page: what the engine hands to any page ([`web_client`]), and what only the arena draws and tells.
//!
//! The page loads two modules, made with the features `play` and `replay`, so that nobody who plays waits for what shows recordings.

#[cfg(feature = "play")]
mod intent;
mod map;
mod page;
#[cfg(feature = "replay")]
mod recorded;
#[cfg(all(test, feature = "replay"))]
mod replay_tests;

pub use page::ArenaPage;

web_client::module!(ArenaPage);
#[cfg(feature = "play")]
web_client::player!(ArenaPage);
#[cfg(feature = "play")]
web_client::input!();
#[cfg(feature = "replay")]
web_client::replay!(ArenaPage);

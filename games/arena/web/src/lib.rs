//! The module of the arena's page: the engine's part for any page ([`web_client`]), and the parts that only the arena
//! draws.
//!
//! The page loads two modules, built with the features `play` and `replay`, so that players do not load the code for
//! recordings.

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

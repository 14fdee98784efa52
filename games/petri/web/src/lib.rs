//! The module of petri's page: the engine's part for any page ([`web_client`]), and the parts that only petri draws.
//!
//! The page loads two modules, built with the features `play` and `replay`, so that players do not load the code for
//! recordings.

mod page;

pub use page::PetriPage;

web_client::module!(PetriPage);
#[cfg(feature = "play")]
web_client::player!(PetriPage);
#[cfg(feature = "play")]
web_client::input!();
#[cfg(feature = "replay")]
web_client::replay!(PetriPage);

//! The module of petri's page: what the engine hands to any page ([`web_client`]), and what it must know of the dish.
//!
//! The page loads two modules, made with the features `play` and `replay`, so that nobody who plays waits for what shows recordings.

mod page;

pub use page::PetriPage;

web_client::module!(PetriPage);
#[cfg(feature = "play")]
web_client::player!(PetriPage);
#[cfg(feature = "play")]
web_client::input!();
#[cfg(feature = "replay")]
web_client::replay!(PetriPage);

//! The client library for browsers: thin bindings that let a page drive [`client::Client`], and watch what was recorded, for any game.
//!
//! ```text
//! bytes from a socket -> Player.handle_message        Player.poll_output -> bytes for a socket
//! controls            -> Player.set_input             Player.poll_event  -> JSON, rare things
//! performance.now()   -> Player.advance, .fill_frame  Player.frame_*     -> floats to draw from, see `layout`
//!
//! bytes of a file     -> Replay.new                   Replay.info, .poll_mark, .poll_event -> JSON
//! seconds, speed      -> Replay.advance, .seek        Replay.frame_*     -> the same floats
//! ```
//!
//! Nothing here decides anything about the game or the network. A game has a module of its own: a crate that implements [`Page`] and calls
//! [`module!`], [`player!`] and [`replay!`], which make `Player` and `Replay` of [`Session`] and [`Watching`]; [`input!`] lets the page
//! hand in the fields of the game's input, or the game adds what its controls mean to `Player` itself. A game that needs nothing special calls
//! [`page!`] alone. What a frame holds is derived from
//! the game's entities: `#[derive(Replicate)]` and `#[draw(…)]`. The page that uses the module is the engine's half in `page/` and the game's own.

#[cfg(feature = "replay")]
mod facts;
#[cfg(feature = "play")]
mod figures;
#[cfg(all(test, feature = "replay"))]
mod fixtures;
mod frame;
mod layout;
mod module;
mod page;
#[cfg(feature = "replay")]
mod playback;
#[cfg(feature = "replay")]
mod recorded;
#[cfg(feature = "play")]
mod session;
#[cfg(feature = "replay")]
mod survey;
mod told;
#[cfg(feature = "replay")]
mod watching;

#[cfg(feature = "replay")]
pub use facts::{Facts, Names, facts};
#[doc(hidden)]
pub use layout::layout;
pub use page::Page;
#[cfg(feature = "play")]
pub use session::Session;
#[doc(hidden)]
pub use shared::limits::PROTOCOL_VERSION;
#[cfg(feature = "replay")]
pub use watching::Watching;

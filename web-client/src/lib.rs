//! The client library for browsers: thin bindings through which the page of any game drives [`client::Client`] and plays recordings.
//!
//! ```text
//! bytes from a socket -> Player.handle_message        Player.poll_output -> bytes for a socket
//! controls            -> Player.set_input             Player.poll_event  -> JSON, rare events
//! performance.now()   -> Player.advance, .fill_frame  Player.frame_*     -> floats to draw from, see `layout`
//!
//! bytes of a file     -> Replay.new                   Replay.info, .poll_mark, .poll_event -> JSON
//! seconds, speed      -> Replay.advance, .seek        Replay.frame_*     -> the same floats
//! ```
//!
//! This crate has no rules of the game and none of the network. Each game has a WebAssembly module of its own: a crate that implements
//! [`Page`] and calls [`module!`], [`player!`] and [`replay!`], which define `Player` and `Replay` as wrappers of [`Session`] and
//! [`Watching`]. With [`input!`] the page passes the fields of the game's input as numbers; without it, the game adds methods for its
//! controls to `Player`. A game that needs nothing special calls [`page!`] alone. The fields of a frame are derived from the game's
//! entities: `#[derive(Replicate)]` and `#[draw(…)]`. The page that uses the module consists of the engine's part in `page/` and the game's
//! part.

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

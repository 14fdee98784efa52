//! The client library for browsers: thin bindings that let a page drive [`client::Client`], and watch what was recorded.
//!
//! ```text
//! bytes from a socket -> Player.handle_message        Player.poll_output -> bytes for a socket
//! controls            -> Player.set_intent            Player.poll_event  -> JSON, rare things
//! performance.now()   -> Player.advance, .fill_frame  Player.frame_*     -> floats to draw from, see `layout`
//!
//! bytes of a file     -> Replay.new                   Replay.info, .poll_mark, .poll_event -> JSON
//! seconds, speed      -> Replay.advance, .seek        Replay.frame_*     -> the same floats
//! ```
//!
//! Nothing here decides anything about the game or the network. The page that uses it is the engine's half in `page/` and
//! the arena's in `games/arena/page/`; it loads two modules, made with the features `play` and `replay`, so that nobody who
//! plays waits for what shows recordings.

#[cfg(feature = "play")]
mod figures;
mod frame;
pub mod layout;
mod map;
mod panic;
#[cfg(feature = "replay")]
mod playback;
#[cfg(feature = "play")]
mod player;
#[cfg(feature = "replay")]
mod recorded;
#[cfg(feature = "replay")]
mod replay;
#[cfg(feature = "replay")]
mod survey;
mod told;

#[cfg(feature = "play")]
pub use player::{Player, protocol_version};
#[cfg(feature = "replay")]
pub use replay::Replay;

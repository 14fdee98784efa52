//! The client library for browsers: thin bindings that let a page drive [`client::Client`].
//!
//! ```text
//! bytes from a socket -> Player.handle_message        Player.poll_output -> bytes for a socket
//! controls            -> Player.set_intent            Player.poll_event  -> JSON, rare things
//! performance.now()   -> Player.advance, .fill_frame  Player.frame_*     -> floats to draw from, see `layout`
//! ```
//!
//! Nothing here decides anything about the game or the network. The page that uses it lies in `page/`.

mod figures;
mod frame;
pub mod layout;
mod map;
mod panic;
mod player;
mod told;

pub use player::{Player, protocol_version};

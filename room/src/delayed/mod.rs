//! The spectator delay: spectators see the match as it was some seconds ago, so that they cannot help a player.
//!
//! ```text
//! the room's match    ──tick──> 1,000 ──tick──> 1,001 ─ ─ >        players
//!        │ inputs, changes, chat; now and then a keyframe
//!        v
//!     backlog           [ 550 keyframe … 700 keyframe … 850 … 1,001 ]
//!        │ keyframe, then a few ticks per tick until it is `delay` behind
//!        v
//! the copy's match    ──tick──> 700 ──tick──> 701 ─ ─ >            spectators
//! ```
//!
//! Delaying the snapshots themselves does not work: a snapshot depends on the spectator's acknowledgements, on the player that it
//! watches, and on the rate of its link. So the backlog stores the inputs and changes of the match. A second match gets the same inputs
//! some seconds later and serves the spectators as the room's own match serves the players: with its own history, interest, fragments and
//! tick numbers. Everything that spectators receive has the delay: positions, events, names, and the chat of players. Only the server's
//! announcements are sent at once.
//!
//! The copy exists only while somebody watches. Without spectators the room pays only for the backlog: a copy of an input (a few bytes)
//! per seat and tick, and a clone of its match every few seconds.

mod backlog;
mod copy;
mod keyframe;

pub(crate) use self::{
    backlog::{Backlog, Change},
    copy::{Turn, WorldCopy},
};

/// Maximum of ticks that a copy makes in one tick of its room, so that the room's tick stays short when its first spectator joins. From
/// its keyframe the copy catches up within a second.
pub(crate) const CATCH_UP_TICKS: u32 = 6;

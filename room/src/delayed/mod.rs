//! Spectators see the match as it was some seconds ago, so that what they see helps nobody who plays.
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
//! A snapshot cannot simply wait in a queue: it depends on what was acknowledged, on whom a spectator watches, on what its
//! link takes. So what waits is what the match was made from. A second match takes the same inputs some seconds later, and
//! spectators are served from it as players are from the room's: by its own history, interest and fragments, with its own
//! tick numbers. Everything they hear of has the delay: positions, events, names, and what players say. Only the
//! server's announcements do not wait.
//!
//! The copy lives only while somebody watches. Until then the room pays for the backlog alone: a copy of an input (a few bytes) per seat and tick, and a clone of its match every few seconds.

mod backlog;
mod copy;
mod keyframe;

pub(crate) use self::{
    backlog::{Backlog, Change},
    copy::{Turn, WorldCopy},
};

/// Ticks that a copy makes at most in one tick of its room, so that a room's tick stays bounded when its first spectator
/// comes. From the oldest keyframe that is needed it catches up within a second.
pub(crate) const CATCH_UP_TICKS: u32 = 6;

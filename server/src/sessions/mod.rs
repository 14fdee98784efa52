//! Players as they outlive their links: who they are, what lets them in, and what brings them back.
//!
//! ```text
//! POST /api/join ──> ticket ──hello──> session ──> token ──link lost──> held ──hello with the token──> session, same seat
//!                    (Directory)       (Register of the shard, which owns the seat)
//! ```

mod addresses;
mod id;
mod key;
mod register;
mod token;

use shared::MemberId;

pub(crate) use self::addresses::Addresses;
pub(crate) use self::register::{FIRST_GENERATION, Register, Resumed};
pub use self::{
    id::{ParseSessionIdError, SessionId},
    key::{Key, KeyError},
    token::{Pass, PassError, Ticket, Token},
};

/// A session of a server that ended without saying goodbye, whose player is to be awaited in a restored room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldSession {
    /// Which.
    pub session: SessionId,
    /// Its seat or slot in the restored room, held there by `Room::hold`.
    pub member: MemberId,
    /// Of the newest token that is known to have been told. A token of this generation or a later one brings it back.
    pub generation: u32,
    /// The account that plays in it, as recordings name it.
    pub account: Option<AccountMark>,
}

/// An account by a name that only this server's key leads to, since recordings are given away.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountMark(pub u64);

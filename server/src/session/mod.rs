//! Sessions, which outlive links: their ids, the tickets that start them, and the tokens that resume them.
//!
//! ```text
//! POST /api/join ──> ticket ──hello──> session ──> token ──link lost──> held ──hello with the token──> session, same seat
//!                    (Directory)       (Register of the shard, which owns the seat)
//! ```

mod addresses;
mod allowances;
mod id;
mod key;
mod register;
mod role;
mod seat;
mod token;

use shared::MemberId;

pub(crate) use self::{
    addresses::Addresses,
    allowances::Allowances,
    register::{FIRST_GENERATION, Register, Resumed},
    seat::Seat,
};
pub use self::{
    id::{ParseSessionIdError, SessionId},
    key::{Key, KeyError},
    role::Role,
    token::{Pass, PassError, Ticket, Token},
};

/// A session of the server's previous run, held in a restored room until its player comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeldSession {
    /// Its id.
    pub session: SessionId,
    /// Its seat or slot in the restored room, held there by `Room::hold`.
    pub member: MemberId,
    /// Generation of the newest token that is known to have been sent. This token or a later one resumes the session.
    pub generation: u32,
    /// The account of the player, as recordings name it.
    pub account: Option<AccountMark>,
}

/// A keyed hash of an account. Only this server can compute it, because recordings may be published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountMark(pub u64);

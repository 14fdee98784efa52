//! The place of a session in a room.

use shared::MemberId;

use super::SessionId;

/// A place in a room of this shard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Seat {
    /// Index of the room in its shard.
    pub(crate) room: usize,
    /// The member of the room: a player or a spectator.
    pub(crate) member: MemberId,
    /// The session that has it.
    pub(crate) session: SessionId,
}

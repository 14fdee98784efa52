//! Notices, for metrics and the log.

use crate::{
    codec::DecodeError,
    id::{Epoch, NodeId, RoomId, Tick},
};

/// Something that an operator may want to know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Notice {
    /// Bytes from the broker, the store or another node were ignored.
    Ignored(DecodeError),
    /// A message was older than what is known, or doubled.
    Repeated,
    /// The broker lost messages of the feed from this node.
    Lost(NodeId, u64),
    /// A room has a standby.
    Followed(RoomId, NodeId),
    /// A standby has missed ticks and fetches them.
    Gap(RoomId),
    /// The copy of a standby differs from the owner's world.
    Mismatch(RoomId, Tick),
    /// A standby asks whether the owner lives.
    Suspected(RoomId),
    /// This node claimed a room.
    Claimed(RoomId, Epoch),
    /// A claim came too late.
    ClaimLost(RoomId),
    /// Another node owns a room that this node owned.
    Retired(RoomId, Epoch),
    /// An owner stood still and asks before it ticks on.
    InDoubt(RoomId),
    /// A move has begun.
    MoveBegan(RoomId, NodeId),
    /// A move has ended, and the room is at its new owner.
    Moved(RoomId, NodeId),
    /// A move was given up, and the room plays on here.
    MoveFailed(RoomId, MoveFailure),
    /// A room whose copies are all lost was removed from the directory.
    Orphan(RoomId),
    /// A room whose record another node had removed is registered again.
    Registered(RoomId),
    /// A drain cannot move this room: no other node hosts its game in its version and has room for it.
    CannotMove(RoomId),
    /// Another process runs under this node's name.
    NameTaken,
    /// A bound of the protocol was reached, and something was refused or dropped.
    AtBound(&'static str),
}

/// Why a move was given up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MoveFailure {
    /// This node does not own the room, or is moving it already.
    NotNow,
    /// The node is unknown, draining, or does not host the game in this version.
    Unfit,
    /// The new owner did not catch up in time.
    Behind,
    /// The new owner did not claim the room in time.
    NoClaim,
}

//! Actions: the requests of a node to its shell.

use std::time::Duration;

use bytes::Bytes;

use crate::{
    bounded::Blob,
    id::{Epoch, Holder, LinkId, NodeId, ReplyId, RequestId, RoomId, SessionId, Tick},
    message::Entry,
    notice::Notice,
    record::{Code, Key, Revision},
};

/// Something to do. The shell carries actions out in their order; those about a room go to its shard in that order.
#[derive(Clone, Debug)]
pub enum Action {
    /// Publish to one node, or to all of them.
    Publish(Option<NodeId>, Bytes),
    /// Read a key, and answer with [`Event::Stored`](crate::Event::Stored).
    Read(RequestId, Key),
    /// Write a value if the key has this revision (0: if there is none), and answer with [`Event::Stored`](crate::Event::Stored).
    Write {
        /// The request.
        request: RequestId,
        /// The key.
        key: Key,
        /// The revision that it must have; `None` writes in any case.
        expected: Option<Revision>,
        /// The value; `None` deletes.
        value: Option<Bytes>,
        /// How long it lives.
        ttl: Option<Duration>,
    },
    /// Ask another node directly, and answer with [`Event::Reply`](crate::Event::Reply).
    Request(RequestId, NodeId, Bytes),
    /// Reply to another node's request.
    Reply(ReplyId, Bytes),

    /// Own this room from now on, with a copy that ends with this tick, and answer with [`Event::Promoted`](crate::Event::Promoted).
    /// Its fence is [`Fence::claimed`](crate::Fence::claimed).
    Promote {
        /// The room.
        room: RoomId,
        /// The new epoch.
        epoch: Epoch,
        /// The last tick of the old owner in this copy.
        tick: Tick,
        /// True if the old owner is known to have made more ticks than [`CLAIM_LAG_TICKS`](crate::limits::CLAIM_LAG_TICKS) after it.
        stale: bool,
        /// When the claim was asked for: what this node knows is no older than that.
        sure_at: Duration,
    },
    /// Set how long the room's shard may stand still before it asks; `None`: nobody else can own the room.
    Guard {
        /// The room.
        room: RoomId,
        /// The epoch under which it ticks.
        epoch: Epoch,
        /// Longest time between two turns.
        pause: Option<Duration>,
    },
    /// The answer to [`Event::StoodStill`](crate::Event::StoodStill): the room may tick.
    Clear {
        /// The room.
        room: RoomId,
        /// The question that this answers.
        question: u64,
    },
    /// Make no tick after the present one, and answer with [`Event::Sealed`](crate::Event::Sealed).
    Seal(RoomId),
    /// Take the seal back: the room ticks on.
    Unseal(RoomId),
    /// Stop ticking while the broker is away (`on_partition = "freeze"`), or tick on.
    Freeze(RoomId, bool),
    /// This node owns the room no more: no tick, no snapshot. Say `moved` to its players, with the new owner's addresses, and keep the
    /// world until [`Action::Discard`].
    Retire {
        /// The room.
        room: RoomId,
        /// The new owner.
        to: NodeId,
    },
    /// Drop the copy of a room.
    Discard(RoomId),
    /// Take a checkpoint, and answer with [`Event::CheckpointTaken`](crate::Event::CheckpointTaken).
    Checkpoint(RoomId, ReplyId),
    /// Replace the copy of a room that this node follows.
    Restore {
        /// The room.
        room: RoomId,
        /// The last tick in it.
        tick: Tick,
        /// The world with its sessions.
        world: Blob,
    },
    /// Play one tick of a room that this node follows. The shell answers ticks with a hash by [`Event::Played`](crate::Event::Played).
    Play(RoomId, Entry),
    /// Name the standby's addresses to the room's players.
    Standby(RoomId, Option<NodeId>),
    /// Ask the room's players to open a link to this node and wait there.
    OpenLinks(RoomId, NodeId),

    /// Admit a player.
    Admit {
        /// Its link.
        link: LinkId,
        /// The room.
        room: RoomId,
        /// Its session.
        session: SessionId,
        /// True if it takes its seat for the first time.
        joins: bool,
    },
    /// Refuse a player.
    Refuse(LinkId, Refusal),
    /// Answer a join.
    Joined(SessionId, Joined),
    /// Write a match's result to the store. The store refuses an epoch below one that it has seen for the room, and keeps the first result
    /// of a match.
    Store {
        /// The room.
        room: RoomId,
        /// The owner's epoch.
        epoch: Epoch,
        /// The match.
        game: u64,
        /// The result.
        result: Blob,
    },
    /// The code of a room is in use; the shell chooses another one or closes the room.
    CodeTaken(RoomId, Code),
    /// A drain has ended: this node owns no room any more.
    Drained,
    /// Something for metrics and the log.
    Notice(Notice),
}

/// Why a player is not admitted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Refusal {
    /// The room is at this node: try there.
    At(NodeId),
    /// Its owner does not answer and nobody has taken over yet: try again.
    Wait,
    /// There is no such room any more.
    NoRoom,
    /// The room has no seat for this ticket any more.
    Full,
    /// No seat is reserved for this ticket, or its time has passed.
    NoTicket,
    /// The room does not know this session: it ended, or began in the last ticks before an owner died.
    NoSession,
}

/// How a join ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Joined {
    /// A seat is reserved.
    Seat {
        /// The room.
        room: RoomId,
        /// Its owner.
        owner: Holder,
        /// Its standby.
        standby: Option<NodeId>,
        /// Its epoch.
        epoch: Epoch,
    },
    /// No room has a free seat. The node that should open one, if one may.
    NoSeat(Option<NodeId>),
    /// There is no such room or code.
    NoRoom,
    /// The store does not answer, or too many players join at once: try again.
    Busy,
}

//! Events: the reports of the shell to a node.

use bytes::Bytes;

use crate::{
    bounded::Blob,
    id::{LinkId, NodeId, ReplyId, RequestId, RoomId, SessionId, Tick},
    message::Load,
    record::{Code, Key, Revision, RoomSpec},
};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// The broker is reachable. The watch of all keys begins again: every value follows as [`Event::Value`], then [`Event::Synced`].
    Connected,
    /// The watch has delivered every value; keys that it did not name are gone.
    Synced,
    /// The broker is not reachable.
    Disconnected,
    /// A message came through the broker.
    Message(Bytes),
    /// The watch shows a value, or that there is none any more.
    Value {
        /// Its key.
        key: Key,
        /// The revision of this change.
        revision: Revision,
        /// The value; `None` after a delete or an expiry.
        value: Option<Bytes>,
    },
    /// The store answered a request.
    Stored(RequestId, Outcome),
    /// Another node's direct request came.
    Request(ReplyId, Bytes),
    /// A direct request was answered; `None`: refused, or no such node.
    Reply(RequestId, Option<Bytes>),

    /// The shell opens a room of its own.
    Open(RoomId, RoomSpec),
    /// The shell ends a room that this node owns.
    Close(RoomId),
    /// A copy of a room was read from disk.
    Restored {
        /// The room.
        room: RoomId,
        /// The last tick in it.
        tick: Tick,
    },
    /// The room's shard made a tick.
    Ticked {
        /// The room.
        room: RoomId,
        /// The tick.
        tick: Tick,
        /// Hash of the world after it, with every tick or with some.
        hash: Option<u64>,
        /// Inputs, joins, leaves and changes of sessions.
        record: Blob,
    },
    /// The room's shard stood still and asks whether it still owns the room. The number comes back with [`Action::Clear`].
    ///
    /// [`Action::Clear`]: crate::Action::Clear
    StoodStill {
        /// The room.
        room: RoomId,
        /// The number of the question, see [`Fence`](crate::Fence).
        question: u64,
    },
    /// The room's shard has stopped after this tick, as [`Action::Seal`](crate::Action::Seal) wanted.
    Sealed {
        /// The room.
        room: RoomId,
        /// The last tick.
        last: Tick,
    },
    /// The shell took a checkpoint, as [`Action::Checkpoint`](crate::Action::Checkpoint) wanted.
    CheckpointTaken {
        /// Where it goes.
        reply: ReplyId,
        /// The last tick in it.
        tick: Tick,
        /// The world with its sessions.
        world: Blob,
    },
    /// The shell has played a tick of a room that it follows, and this is the hash of its world.
    Played {
        /// The room.
        room: RoomId,
        /// The tick.
        tick: Tick,
        /// Hash of the world after it.
        hash: u64,
    },
    /// The shell has promoted its copy; these sessions have a seat in it.
    Promoted {
        /// The room.
        room: RoomId,
        /// The sessions in the world.
        sessions: Vec<SessionId>,
    },

    /// A player's link asks for its seat in a room.
    Hello {
        /// The link.
        link: LinkId,
        /// The room.
        room: RoomId,
        /// The session: a ticket's on the first visit, a token's on a return.
        session: SessionId,
        /// True if the player already had its seat.
        returns: bool,
    },
    /// A link that waited for admission is gone.
    LinkGone(LinkId),
    /// A session ended and freed its seat.
    Left {
        /// The room.
        room: RoomId,
        /// The session.
        session: SessionId,
    },
    /// A player asked for a seat anywhere in the cluster.
    Join {
        /// The new session.
        session: SessionId,
        /// Where it wants to play.
        want: Want,
    },
    /// A match ended; its result is to be written to the store.
    Result {
        /// The room.
        room: RoomId,
        /// The match, by its number in the room.
        game: u64,
        /// The result.
        result: Blob,
    },

    /// The administrator moves a room.
    Move {
        /// The room.
        room: RoomId,
        /// The new owner.
        to: NodeId,
    },
    /// The node is about to end, and moves its rooms away.
    Drain,
    /// How loaded the node is now.
    Load(Load),
}

/// The room, or the kind of room, that a player wants to join.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Want {
    /// Any public room of a game and a mode.
    Game {
        /// The game.
        game: String,
        /// Its version, which the player's client speaks.
        version: u16,
        /// The mode; empty for any.
        mode: String,
    },
    /// The room of a code.
    Code(Code),
    /// This room.
    Room(RoomId),
}

/// How the key-value store answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The write was made under this revision.
    Written(Revision),
    /// The write was not made: the key has another revision.
    Conflict,
    /// A read found this revision and value.
    Found(Revision, Bytes),
    /// A read found nothing.
    Absent,
    /// Unknown: the store did not answer. A write may have been made, or may still be.
    Unknown,
}

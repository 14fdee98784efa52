//! Everything that can be due.

use bytes::Bytes;
use cluster::{
    Epoch, Event, Incarnation, Joined, Key, LinkId, NodeId, Refusal, RequestId, Revision, RoomId, SessionId, Want,
};

use crate::{plan::Fault, store::Time};

/// Something that is due.
#[derive(Clone)]
pub(crate) enum Item {
    /// For a process; it is lost when that process is not there any more.
    Process(usize, Incarnation, ForProcess),
    /// A request reaches the key-value store.
    Store { from: usize, incarnation: Incarnation, request: RequestId, key: Key, operation: Operation, answers: bool },
    /// A value's time is over.
    Expiry(Key, Revision),
    /// A direct request reaches a machine.
    Direct { from: usize, incarnation: Incarnation, request: RequestId, to: usize, bytes: Bytes },
    /// A result reaches the database.
    Database { from: usize, room: RoomId, epoch: Epoch, game: u64, result: u64 },
    /// For a player.
    Player(usize, ForPlayer),
    /// A player's own clock.
    PlayerTurn(usize),
    /// From a player to a machine.
    FromPlayer(usize, usize, FromPlayer),
    /// A process starts.
    Start { machine: usize, disk: bool },
    /// A process finds out whether it reaches the broker.
    Connection(usize, Incarnation),
    /// Something breaks, or is asked for.
    Fault(Fault),
    /// The end of a fault.
    Mend(Fault),
    /// All faults end.
    Heal,
    /// Liveness is looked at.
    Look,
}

/// For a process.
#[derive(Clone)]
pub(crate) enum ForProcess {
    /// An event for its node, and what it proves: this machine owned a room in an epoch at a time.
    Event(Event, Option<(RoomId, Epoch, Time)>),
    /// A message of a stranger, or a broken one.
    Foreign(Bytes),
    /// A poll of its node.
    Poll(u64),
    /// A turn of a room's shard.
    Turn(RoomId, u64),
    /// The disk is written.
    Save,
    /// It goes on after it stood still.
    Wake,
}

/// A request to the key-value store.
#[derive(Clone)]
pub(crate) enum Operation {
    Read,
    Write { expected: Option<Revision>, value: Option<Bytes>, lives: Option<Time> },
}

/// From a machine to a player.
#[derive(Clone)]
pub(crate) enum ForPlayer {
    Joined(SessionId, Joined),
    Admitted(LinkId),
    Refused(LinkId, Refusal),
    Snapshot { link: LinkId, epoch: Epoch, standby: Option<NodeId> },
    OpenLink(LinkId, NodeId),
    Moved(LinkId, NodeId),
    Broken(LinkId),
}

/// From a player to a machine.
#[derive(Clone)]
pub(crate) enum FromPlayer {
    Join(SessionId, Want),
    Hello { link: LinkId, room: RoomId, session: SessionId, returns: bool },
    Act(LinkId, u64),
    Leave(LinkId),
    Gone(LinkId),
}

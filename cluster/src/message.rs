//! The messages between nodes: messages through the broker, which may be lost, doubled or late, and direct requests with their replies.

use serde::{Deserialize, Serialize};

use crate::{
    bounded::{self, Blob},
    id::{Epoch, NodeId, RoomId, Tick},
    limits::{FEED_ROOMS_MAX, OPEN_ROOMS_MAX, RECORD_BYTES_MAX, REPLY_BYTES_MAX, WINDOW_TICKS},
};

/// A message through the broker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Message {
    /// From an owner to a standby: ticks of the rooms that the two share.
    Feed(Feed),
    /// From a standby to an owner: how far it is.
    Acks(#[serde(deserialize_with = "bounded::list::<_, _, FEED_ROOMS_MAX>")] Vec<RoomAck>),
    /// From the old owner to the new one, in a move: the last tick is made, the room is yours.
    Seal {
        /// The room.
        room: RoomId,
        /// The old owner's epoch.
        epoch: Epoch,
        /// Its last tick.
        last: Tick,
    },
    /// From the new owner to the old one, in a move: links of players that wait.
    Waiting {
        /// The room.
        room: RoomId,
        /// The old owner's epoch.
        epoch: Epoch,
        /// Links.
        links: u16,
    },
    /// To all nodes: the sender's load.
    Load(Load),
}

/// Ticks of one owner's rooms for one standby.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Feed {
    /// Numbers the messages of this pair of nodes, to count what the broker lost.
    pub sequence: u64,
    /// One tick of a room each.
    #[serde(deserialize_with = "bounded::list::<_, _, FEED_ROOMS_MAX>")]
    pub ticks: Vec<RoomTick>,
}

/// One tick of a room.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomTick {
    /// The room.
    pub room: RoomId,
    /// The owner's epoch.
    pub epoch: Epoch,
    /// The tick that was made.
    pub entry: Entry,
}

/// The inputs and changes that one tick of a room was made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The tick.
    pub tick: Tick,
    /// Hash of the world after it; not with every tick.
    pub hash: Option<u64>,
    /// Inputs, joins, leaves and changes of sessions, in the form of a recording.
    #[serde(deserialize_with = "bounded::blob::<_, RECORD_BYTES_MAX>")]
    pub record: Blob,
}

/// How far a standby is with a room.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct RoomAck {
    /// The room.
    pub room: RoomId,
    /// The epoch that it follows.
    pub epoch: Epoch,
    /// The newest tick that it played; `None` before it has a checkpoint.
    pub held: Option<Tick>,
}

/// How loaded a node is.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Load {
    /// Players in rooms that it owns.
    pub players: u32,
    /// Rooms that it owns.
    pub rooms: u32,
    /// Rooms that it follows.
    pub follows: u32,
    /// The rung of its overload ladder, 0 when it is well.
    pub rung: u8,
    /// Rooms that it owns and that have free seats, fewest first: hints for joins at other nodes. The node fills them in itself.
    #[serde(deserialize_with = "bounded::list::<_, _, OPEN_ROOMS_MAX>")]
    pub open: Vec<OpenRoom>,
}

/// A public room with free seats.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OpenRoom {
    /// The room.
    pub room: RoomId,
    /// Its free seats.
    pub free: u16,
}

/// A direct request to another node.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Request {
    /// To an owner: do you own the room?
    Alive {
        /// The room.
        room: RoomId,
        /// The epoch that the sender knows.
        epoch: Epoch,
    },
    /// To a standby: do you follow the room, and do you claim it?
    Standing {
        /// The room.
        room: RoomId,
        /// The epoch that the sender knows.
        epoch: Epoch,
        /// True if the sender is the owner and takes a seal back.
        unseal: bool,
    },
    /// To an owner: send what comes after this tick.
    Fetch {
        /// The room.
        room: RoomId,
        /// The epoch that the sender follows.
        epoch: Epoch,
        /// The newest tick that it has; `None` asks for a checkpoint.
        held: Option<Tick>,
    },
}

/// The reply to a [`Request`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Reply {
    /// To `Alive`: yes.
    Mine {
        /// The owner's epoch.
        epoch: Epoch,
        /// True if a standby has a copy.
        covered: bool,
        /// The node that its players are to open links to, in a move.
        moves_to: Option<NodeId>,
    },
    /// To `Alive`: yes, but claim it, I have stopped it.
    Yield {
        /// The owner's epoch.
        epoch: Epoch,
    },
    /// To `Alive` and `Fetch`: I do not own it.
    NotMine,
    /// To `Standing`: I follow it and do not claim it.
    Following {
        /// The epoch that it follows.
        epoch: Epoch,
        /// The newest tick that it has.
        held: Option<Tick>,
    },
    /// To `Standing`: my claim is under way.
    Claiming,
    /// To `Standing`: I do not follow it.
    NotFollowing,
    /// To `Fetch`: the ticks that are missing, in order.
    Entries(#[serde(deserialize_with = "bounded::list::<_, _, WINDOW_TICKS>")] Vec<Entry>),
    /// To `Fetch`: the world after a tick.
    Checkpoint {
        /// The tick.
        tick: Tick,
        /// The world, its sessions, names and scores.
        #[serde(deserialize_with = "bounded::blob::<_, REPLY_BYTES_MAX>")]
        world: Blob,
    },
    /// To `Fetch`: not now, ask again.
    Busy,
}

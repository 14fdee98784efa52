//! Decides which node of a cluster owns which room, without I/O: no socket, no clock, no thread, no randomness. Events and times go in, actions come out.
//!
//! A room has one owner, which ticks it, and where there are two nodes a standby, which plays along from the owner's feed. When the owner
//! dies, the standby claims the room and goes on. `docs/clustering.md` explains the protocol; each machine of it is a file here with its table
//! on top:
//!
//! | file | decides |
//! |---|---|
//! | `node` | takes events, finds the machine that they are for |
//! | `membership`, `placement`, `directory` | which nodes and rooms there are; who follows or takes a room |
//! | `owner`, `doubt`, `transfer`, `drain` | a room at its owner: its record, a pause, a move, the end of the node |
//! | `fence` | whether a shard may tick |
//! | `follower`, `feed_in`, `suspicion`, `spare` | a copy: ticks in order, is the owner dead, who claims |
//! | `feed_out`, `feed_batch` | the owner's end of the feed |
//! | `seats`, `joins`, `code_book`, `orphans` | seats and codes for the whole cluster; rooms that are lost |
//! | `cas` | a compare-and-set whose outcome may stay unknown |
//!
//! # How a shell drives it
//!
//! One [`Node`] lives on the control plane, in one task. The task waits for the next event or for [`Node::next_deadline`], calls
//! [`Node::handle`] or [`Node::poll`] with a monotonic time, and carries the returned [`Action`]s out in order:
//!
//! ```text
//! loop {
//!     let actions = select! {
//!         event = events.recv() => node.handle(event, start.elapsed()),
//!         _ = sleep_until(start + node.next_deadline()) => node.poll(start.elapsed()),
//!     };
//!     for action in actions { perform(action) }      // never waits: every action is a send into a bounded queue
//! }
//! ```
//!
//! - **Broker.** [`Action::Publish`] goes to the subject of one node or of all. [`Action::Read`] and [`Action::Write`] are requests to the
//!   key-value store; a write with an expected revision is a compare-and-set, without one a plain put (only a node's own record). The
//!   watch covers `nodes.*` and `rooms.*`, not seats and codes. When the connection comes, also after a break: [`Event::Connected`], every value, then
//!   [`Event::Synced`].
//! - **Direct requests** go to the node's HTTP address, authenticated by the cluster's key, and are answered with the bytes of [`Action::Reply`].
//!   A refused connection is [`Event::Reply`] with `None` at once; a node that does not answer needs no event, the [`Node`] counts the time itself.
//! - **Shards.** A shard keeps a [`Fence`] per room and asks it each turn. It sends [`Event::Ticked`] for each tick (in order, through a bounded
//!   queue; a full queue drops the event, and the standby fetches a checkpoint). It applies [`Action::Guard`], [`Action::Clear`], [`Action::Seal`],
//!   [`Action::Unseal`], [`Action::Freeze`] to the fence in the order in which they come. The tick waits for no answer.
//! - **Copies.** [`Action::Restore`], [`Action::Play`], [`Action::Promote`], [`Action::Retire`] and [`Action::Discard`] go to the shard that has the copy.
//!   A restored copy replaces an older one only when it is complete. A world is kept after [`Action::Retire`] until [`Action::Discard`].
//! - **Players.** A link's `hello` becomes [`Event::Hello`] once ticket or token is verified; [`Action::Admit`] and [`Action::Refuse`] answer it.
//!   `POST /api/join` becomes [`Event::Join`], answered by [`Action::Joined`].
//! - **Results.** After [`Action::Promote`] the shell sends [`Event::Result`] again for the latest matches of the world: the old owner may have died
//!   before it saved them, and the store keeps the first result of a match.
//!
//! Every number that a peer can make grow has a bound in [`limits`]; every wait is a field of [`Timing`].

mod action;
mod bounded;
mod cas;
mod cleanup;
mod code_book;
mod codec;
mod config;
mod context;
mod directory;
mod doubt;
mod drain;
mod event;
mod feed_batch;
mod feed_in;
mod feed_out;
mod fence;
mod follower;
mod held_links;
mod id;
mod joins;
pub mod limits;
mod membership;
mod message;
#[cfg(feature = "mutations")]
mod mutation;
mod node;
mod notice;
mod orphans;
mod owner;
mod placement;
mod record;
mod seats;
mod spare;
mod suspicion;
mod timing;
mod transfer;

#[cfg(feature = "mutations")]
pub use self::mutation::Mutation;
pub use self::{
    action::{Action, Joined, Refusal},
    bounded::Blob,
    codec::{DecodeError, PROTOCOL, decode_message, decode_reply, decode_request, decode_room, encode_message},
    config::{Config, OnPartition},
    directory::{Directory, Listed},
    event::{Event, Outcome, Want},
    fence::{Fence, Turn},
    id::{Epoch, Holder, Incarnation, LinkId, NodeId, ReplyId, RequestId, RoomId, SessionId, Tick},
    membership::{Member, Membership},
    message::{Entry, Feed, Load, Message, OpenRoom, Reply, Request, RoomAck, RoomTick},
    node::Node,
    notice::{MoveFailure, Notice},
    record::{
        Address, Code, CodeRecord, HostedGame, Key, NodeRecord, Revision, RoomRecord, RoomSpec, RoomState, SeatsRecord,
    },
    timing::Timing,
};

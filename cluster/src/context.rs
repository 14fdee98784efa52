//! The state that all machines of a node share: the time of the present call, actions on their way out, and requests under way.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    action::Action,
    codec,
    config::Config,
    directory::Directory,
    feed_batch::FeedBatches,
    id::{Holder, NodeId, ReplyId, RequestId, RoomId, SessionId},
    limits::{REQUESTS_MAX, VALUE_BYTES_MAX},
    membership::Membership,
    message::{Message, Reply, Request, RoomTick},
    notice::Notice,
    record::{Key, Revision},
};

/// The machine that made a request, and so gets its answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// The node's own record.
    Renewal,
    /// A room's record: its owner's writes, or a standby's claim.
    Record(RoomId),
    /// An owner in doubt reads the record.
    Doubt(RoomId),
    /// A room's seats.
    Seats(RoomId),
    /// A room's code.
    Code(RoomId),
    /// A direct request to a room's owner: does it live?
    Alive(RoomId),
    /// A direct request to a room's standby: does it claim?
    Standing(RoomId),
    /// A direct request to a room's owner: what is missing.
    Fetch(RoomId),
    /// A join.
    Join(SessionId),
    /// The end of a record that has no owner.
    Orphan(RoomId),
}

/// The surroundings of a machine during one call.
pub(crate) struct Context {
    pub(crate) config: Config,
    pub(crate) now: Duration,
    /// True if the broker is reachable.
    pub(crate) connected: bool,
    /// True if the watch has delivered every value since then.
    pub(crate) synced: bool,
    pub(crate) members: Membership,
    pub(crate) directory: Directory,
    pub(crate) actions: Vec<Action>,
    pub(crate) batches: FeedBatches,
    pending: BTreeMap<RequestId, Pending>,
    last_request: u64,
}

struct Pending {
    purpose: Purpose,
    deadline: Duration,
    direct: bool,
}

impl Context {
    pub(crate) fn new(config: Config, now: Duration) -> Self {
        Self {
            config,
            now,
            connected: false,
            synced: false,
            members: Membership::default(),
            directory: Directory::default(),
            actions: Vec::new(),
            batches: FeedBatches::default(),
            pending: BTreeMap::new(),
            last_request: 0,
        }
    }

    /// This node in its present life.
    pub(crate) fn me(&self) -> Holder {
        Holder { node: self.config.node, incarnation: self.config.record.incarnation }
    }

    pub(crate) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub(crate) fn notice(&mut self, notice: Notice) {
        self.actions.push(Action::Notice(notice));
    }

    pub(crate) fn publish(&mut self, to: Option<NodeId>, message: &Message) {
        let bytes = self.encode(message);
        self.act(Action::Publish(to, bytes));
    }

    /// Puts a tick on its way to a standby.
    pub(crate) fn feed(&mut self, to: NodeId, tick: RoomTick) {
        if let Some(feed) = self.batches.push(to, tick, self.now) {
            self.publish(Some(to), &Message::Feed(feed));
        }
    }

    /// Sends what is on its way to a standby.
    pub(crate) fn flush_feed(&mut self, to: NodeId) {
        if let Some(feed) = self.batches.take(to) {
            self.publish(Some(to), &Message::Feed(feed));
        }
    }

    pub(crate) fn encode<T: Serialize>(&self, body: &T) -> Bytes {
        codec::encode(self.config.cluster, self.me(), body)
    }

    /// Reads bytes of a peer; what is wrong with them is counted.
    pub(crate) fn decode<T: DeserializeOwned>(&mut self, bytes: &[u8], limit: usize) -> Option<(Holder, T)> {
        match codec::decode(self.config.cluster, bytes, limit) {
            Ok(decoded) => Some(decoded),
            Err(error) => {
                self.notice(Notice::Ignored(error));
                None
            }
        }
    }

    /// Reads a value of the store. What is no record of ours counts as none.
    pub(crate) fn record<T: DeserializeOwned>(&mut self, bytes: &[u8]) -> Option<T> {
        Some(self.decode(bytes, VALUE_BYTES_MAX)?.1)
    }

    pub(crate) fn read(&mut self, key: Key, purpose: Purpose) -> RequestId {
        let request = self.request(purpose, self.config.timing.kv, false);
        self.act(Action::Read(request, key));
        request
    }

    pub(crate) fn write<T: Serialize>(
        &mut self,
        key: Key,
        expected: Option<Revision>,
        value: Option<&T>,
        ttl: Option<Duration>,
        purpose: Purpose,
    ) -> RequestId {
        let request = self.request(purpose, self.config.timing.kv, false);
        let value = value.map(|value| self.encode(value));
        self.act(Action::Write { request, key, expected, value, ttl });
        request
    }

    pub(crate) fn ask(&mut self, node: NodeId, request: &Request, purpose: Purpose, wait: Duration) -> RequestId {
        let id = self.request(purpose, wait, true);
        let bytes = self.encode(request);
        self.act(Action::Request(id, node, bytes));
        id
    }

    pub(crate) fn reply(&mut self, to: ReplyId, reply: &Reply) {
        let bytes = self.encode(reply);
        self.act(Action::Reply(to, bytes));
    }

    /// Whose request this was, if it is still awaited.
    pub(crate) fn answered(&mut self, request: RequestId) -> Option<Purpose> {
        Some(self.pending.remove(&request)?.purpose)
    }

    /// Requests whose time has passed, and whether they were direct ones.
    pub(crate) fn expired(&mut self) -> Vec<(RequestId, Purpose, bool)> {
        let now = self.now;
        self.pending
            .extract_if(.., |_, pending| pending.deadline <= now)
            .map(|(request, pending)| (request, pending.purpose, pending.direct))
            .collect()
    }

    /// When the next request's time passes.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.pending.values().map(|pending| pending.deadline).min()
    }

    fn request(&mut self, purpose: Purpose, wait: Duration, direct: bool) -> RequestId {
        self.last_request += 1;
        let request = RequestId(self.last_request);
        if self.pending.len() >= REQUESTS_MAX {
            // The oldest one counts as never answered; its machine asks again.
            self.pending.pop_first();
            self.notice(Notice::AtBound("requests"));
        }
        self.pending.insert(request, Pending { purpose, deadline: self.now + wait, direct });
        request
    }
}

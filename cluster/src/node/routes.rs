//! Where bytes and answers go: from the broker, the store and other nodes to the machine that they are for.

use super::{
    BTreeMap, Bytes, Context, Duration, Key, Message, Node, NodeRecord, Notice, Outcome, Purpose, Revision, RoomRecord,
};
use crate::{
    id::{Holder, ReplyId, RequestId},
    limits::{MESSAGE_BYTES_MAX, REPLY_BYTES_MAX},
    message::{Feed, Reply, Request},
};

/// Room for the envelope around the largest body.
const ENVELOPE_BYTES: usize = 64;

impl Node {
    /// A message of the broker.
    pub(super) fn message(&mut self, bytes: &[u8]) {
        let Some((from, message)) = self.context.decode::<Message>(bytes, MESSAGE_BYTES_MAX) else { return };
        if from.node == self.context.config.node {
            return;
        }
        match message {
            Message::Feed(feed) => self.feed(from, feed),
            Message::Acks(acks) => {
                for ack in acks {
                    if let Some(owner) = self.owned.get_mut(&ack.room) {
                        owner.acked(&mut self.context, from, ack.epoch, ack.held);
                    }
                }
            }
            Message::Seal { room, epoch, last } => {
                if let Some(follower) = self.followed.get_mut(&room) {
                    follower.seal(&mut self.context, from, epoch, last);
                }
            }
            Message::Waiting { room, epoch, links } => {
                if let Some(owner) = self.owned.get_mut(&room).filter(|owner| owner.epoch == epoch) {
                    owner.waiting(&mut self.context, from, links);
                }
            }
            Message::Load(load) => {
                if !self.context.members.loaded(from, load) {
                    self.context.notice(Notice::Repeated);
                }
            }
        }
    }

    fn feed(&mut self, from: Holder, feed: Feed) {
        match self.sequences.seen(from, feed.sequence) {
            Some(0) => {}
            Some(lost) => self.context.notice(Notice::Lost(from.node, lost)),
            None => self.context.notice(Notice::Repeated),
        }
        for tick in feed.ticks {
            if let Some(follower) = self.followed.get_mut(&tick.room) {
                follower.tick(&mut self.context, from, tick.epoch, tick.entry);
            }
        }
    }

    /// A value of the watch.
    pub(super) fn value(&mut self, key: Key, revision: Revision, value: Option<Bytes>) {
        if !self.context.synced && value.is_some() {
            self.named.push(key.clone());
        }
        match key {
            Key::Node(node) => match value {
                Some(bytes) => {
                    let Some(record) = self.context.record::<NodeRecord>(&bytes) else { return };
                    let taken = node == self.context.config.node
                        && record.incarnation != self.context.config.record.incarnation;
                    if taken {
                        // Its own former life, or another process under its name. The next renewal writes over it.
                        self.context.notice(Notice::NameTaken);
                        self.next_renewal = self.next_renewal.min(self.context.now + Duration::from_millis(500));
                    }
                    if !self.context.members.seen(node, record) {
                        self.context.notice(Notice::AtBound("nodes"));
                    }
                }
                None => {
                    self.context.members.gone(node);
                    self.sequences.forget(node);
                    if node == self.context.config.node {
                        self.next_renewal = self.context.now;
                    }
                }
            },
            Key::Room(room) => {
                let record = value.map(|bytes| self.context.record::<RoomRecord>(&bytes));
                // A record that cannot be read is another version's: this node keeps its hands off.
                if record.as_ref().is_none_or(Option::is_some) {
                    self.record_seen(room, revision, record.flatten());
                }
            }
            Key::Seats(_) | Key::Code(_) => {}
        }
    }

    /// The store answered.
    pub(super) fn stored(&mut self, request: RequestId, outcome: Outcome) {
        if let Some(purpose) = self.context.answered(request) {
            self.outcome(request, purpose, outcome);
        }
    }

    pub(super) fn outcome(&mut self, request: RequestId, purpose: Purpose, outcome: Outcome) {
        let context: &mut Context = &mut self.context;
        match purpose {
            Purpose::Renewal => {
                if !matches!(outcome, Outcome::Written(_)) {
                    self.next_renewal = self.next_renewal.min(context.now + context.config.timing.retry);
                }
            }
            Purpose::Record(room) if self.owned.contains_key(&room) => {
                self.with_owner(room, |owner, context| owner.record_answer(context, request, outcome));
            }
            Purpose::Record(room) => {
                self.with_follower(room, |follower, context| follower.claim_answer(context, request, outcome));
            }
            Purpose::Doubt(room) => {
                self.with_owner(room, |owner, context| owner.doubt_read(context, request, outcome));
            }
            Purpose::Seats(room) => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.seats.answer(context, request, outcome);
                }
            }
            Purpose::Code(room) => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.code.answer(context, request, outcome);
                }
            }
            Purpose::Join(session) => self.joins.answer(context, session, request, outcome),
            Purpose::Orphan(room) => self.orphans.answer(context, room, request, &outcome),
            Purpose::Alive(_) | Purpose::Standing(_) | Purpose::Fetch(_) => {}
        }
    }

    /// Another node asks.
    pub(super) fn request(&mut self, to: ReplyId, bytes: &[u8]) {
        let Some((_, request)) = self.context.decode::<Request>(bytes, MESSAGE_BYTES_MAX) else { return };
        let context = &mut self.context;
        match request {
            Request::Alive { room, .. } => match self.owned.get(&room) {
                Some(owner) => owner.alive(context, to),
                None => context.reply(to, &Reply::NotMine),
            },
            Request::Standing { room, epoch, unseal } => {
                let reply = match self.followed.get_mut(&room) {
                    Some(follower) => follower.standing(context, epoch, unseal),
                    None => Reply::NotFollowing,
                };
                context.reply(to, &reply);
            }
            Request::Fetch { room, epoch, held } => match self.owned.get_mut(&room) {
                Some(owner) => owner.fetch(context, to, epoch, held),
                None => context.reply(to, &Reply::NotMine),
            },
        }
    }

    /// Another node replied, or did not.
    pub(super) fn reply(&mut self, request: RequestId, bytes: Option<&[u8]>) {
        let Some(purpose) = self.context.answered(request) else { return };
        let reply = bytes.and_then(|bytes| self.context.decode(bytes, REPLY_BYTES_MAX + ENVELOPE_BYTES));
        self.reply_of(request, purpose, reply);
    }

    pub(super) fn reply_of(&mut self, request: RequestId, purpose: Purpose, reply: Option<(Holder, Reply)>) {
        match purpose {
            Purpose::Alive(room) => {
                let reply = reply.map(|(_, reply)| reply);
                self.with_follower(room, |follower, context| follower.alive_answer(context, request, reply.as_ref()));
            }
            Purpose::Standing(room) => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    if let Some((from, reply)) = &reply {
                        owner.standing(&mut self.context, request, *from, reply);
                    }
                } else if let Some(follower) = self.followed.get_mut(&room) {
                    let reply = reply.map(|(_, reply)| reply);
                    follower.standing_answer(&mut self.context, request, reply.as_ref());
                }
            }
            Purpose::Fetch(room) => {
                let reply = reply.map(|(_, reply)| reply);
                if let Some(follower) = self.followed.get_mut(&room) {
                    follower.fetched(&mut self.context, request, reply);
                }
            }
            _ => {}
        }
    }

    /// Keys by what they name, of the delivery that has just ended.
    pub(super) fn take_named(&mut self) -> BTreeMap<Key, ()> {
        std::mem::take(&mut self.named).into_iter().map(|key| (key, ())).collect()
    }
}

//! A node of the cluster: every machine of it, driven by events.

mod rooms;
mod routes;

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;

use crate::{
    action::{Action, Refusal},
    config::Config,
    context::{Context, Purpose},
    directory::Directory,
    drain::Drain,
    event::{Event, Outcome, Want},
    feed_batch::Sequences,
    follower::{Follower, Next},
    id::{Epoch, LinkId, NodeId, RoomId, SessionId, Tick},
    joins::Joins,
    limits::{FEED_ROOMS_MAX, OPEN_ROOMS_MAX, RESULT_BYTES_MAX},
    membership::Membership,
    message::{Load, Message, OpenRoom, RoomAck},
    notice::{MoveFailure, Notice},
    orphans::Orphans,
    owner::{Fate, Owner},
    placement,
    record::{Key, NodeRecord, Revision, RoomRecord, RoomState},
};

/// The node. See the [crate] for how a shell drives it.
pub struct Node {
    context: Context,
    owned: BTreeMap<RoomId, Owner>,
    followed: BTreeMap<RoomId, Follower>,
    /// Copies from disk, until the directory is known.
    restored: BTreeMap<RoomId, Tick>,
    joins: Joins,
    drain: Drain,
    orphans: Orphans,
    sequences: Sequences,
    load: Load,
    /// Keys that the present delivery of the watch has named.
    named: Vec<Key>,
    next_renewal: Duration,
    next_load: Duration,
    next_ack: Duration,
}

impl Node {
    /// A node that knows nothing yet, and is not connected.
    #[must_use]
    pub fn new(config: Config, now: Duration) -> Self {
        Self {
            context: Context::new(config, now),
            owned: BTreeMap::new(),
            followed: BTreeMap::new(),
            restored: BTreeMap::new(),
            joins: Joins::default(),
            drain: Drain::default(),
            orphans: Orphans::default(),
            sequences: Sequences::default(),
            load: Load::default(),
            named: Vec::new(),
            next_renewal: now,
            next_load: now,
            next_ack: now,
        }
    }

    /// Takes an event in at `now`, a monotonic time of this process, and returns what is to be done, in order.
    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Action> {
        self.advance(now);
        self.dispatch(event);
        std::mem::take(&mut self.context.actions)
    }

    /// Does what time alone makes due. Call it at [`Self::next_deadline`] at the latest.
    pub fn poll(&mut self, now: Duration) -> Vec<Action> {
        self.advance(now);
        self.poll_all();
        std::mem::take(&mut self.context.actions)
    }

    /// When to poll next. Never later than the heartbeat, by which a node notices that it stood still.
    #[must_use]
    pub fn next_deadline(&self) -> Duration {
        let context = &self.context;
        let timing = &context.config.timing;
        let parts = [
            Some(context.now + timing.heartbeat),
            context.deadline(),
            context.batches.deadline(timing.feed_batch),
            self.joins.deadline(),
            self.owned.values().filter_map(|owner| owner.deadline(context)).min(),
            self.followed.values().filter_map(|follower| follower.deadline(context)).min(),
        ];
        let soonest = parts.into_iter().flatten().min().unwrap_or(context.now);
        soonest.max(context.now + Duration::from_millis(1))
    }

    /// The rooms of the cluster.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.context.directory
    }

    /// The nodes of the cluster.
    #[must_use]
    pub fn members(&self) -> &Membership {
        &self.context.members
    }

    /// The rooms that this node owns, with their epochs.
    pub fn owned(&self) -> impl Iterator<Item = (RoomId, Epoch)> {
        self.owned.iter().map(|(&room, owner)| (room, owner.epoch))
    }

    /// The rooms that this node has a copy of, or is to have one, with the newest tick of the copy.
    pub fn followed(&self) -> impl Iterator<Item = (RoomId, Option<Tick>)> {
        self.followed.iter().map(|(&room, follower)| (room, follower.held()))
    }

    /// The players with a seat in a room of this node.
    #[must_use]
    pub fn seated(&self, room: RoomId) -> Option<usize> {
        Some(self.owned.get(&room)?.seats.seated())
    }

    /// Notices how long ago the last call was. A node that stood still trusts nothing that it knew before.
    fn advance(&mut self, now: Duration) {
        let pause = now.saturating_sub(self.context.now);
        self.context.now = self.context.now.max(now);
        if pause <= self.context.config.timing.pause {
            return;
        }
        if !self.context.config.no_pause_check() {
            for owner in self.owned.values_mut() {
                if owner.doubts_after(&self.context, pause) {
                    owner.stood_still(&mut self.context, None);
                }
            }
        }
        for owner in self.owned.values_mut() {
            owner.feed.excuse(now);
        }
        for follower in self.followed.values_mut() {
            follower.excuse(now);
        }
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::Connected => self.connection(true),
            Event::Disconnected => self.connection(false),
            Event::Synced => self.synced(),
            Event::Message(bytes) => self.message(&bytes),
            Event::Value { key, revision, value } => self.value(key, revision, value),
            Event::Stored(request, outcome) => self.stored(request, outcome),
            Event::Request(reply, bytes) => self.request(reply, &bytes),
            Event::Reply(request, bytes) => self.reply(request, bytes.as_deref()),
            Event::Open(room, spec) => {
                let owner = Owner::opened(room, spec, self.context.now);
                let owner = self.owned.entry(room).or_insert(owner);
                owner.guard(&mut self.context);
                owner.poll(&mut self.context);
            }
            Event::Restored { room, tick } => {
                self.restored.insert(room, tick);
                if self.context.synced {
                    self.adopt_restored();
                }
            }
            Event::Join { session, want } => self.join(session, want),
            Event::Hello { link, room, session, returns } => self.hello(link, room, session, returns),
            Event::LinkGone(link) => {
                self.owned.values_mut().for_each(|owner| owner.link_gone(link));
                self.followed.values_mut().for_each(|follower| follower.link_gone(&mut self.context, link));
            }
            Event::Move { room, to } => self.begin_move(room, to),
            Event::Drain => {
                if self.drain.begin() {
                    self.context.config.record.draining = true;
                    self.next_renewal = self.context.now;
                    self.poll_all();
                }
            }
            Event::Load(load) => self.load = load,
            Event::Played { room, tick, hash } => {
                if let Some(follower) = self.followed.get_mut(&room) {
                    follower.played(&mut self.context, tick, hash);
                }
            }
            Event::CheckpointTaken { reply, tick, world } => {
                let asked = self.owned.values_mut().any(|owner| owner.checkpoint_taken(reply));
                if asked {
                    self.context.reply(reply, &crate::message::Reply::Checkpoint { tick, world });
                }
            }
            event => self.of_owned_room(event),
        }
    }

    /// Events of a room that this node owns. A room that it owns no more has no use for them.
    fn of_owned_room(&mut self, event: Event) {
        let context = &mut self.context;
        match event {
            Event::Close(room) => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.close(context);
                }
            }
            Event::Ticked { room, tick, hash, record } => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.ticked(context, tick, hash, record);
                }
            }
            Event::StoodStill { room, question } => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.stood_still(context, Some(question));
                }
            }
            Event::Sealed { room, last } => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.sealed(context, last);
                }
            }
            Event::Promoted { room, sessions } => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.promoted(context, sessions);
                }
            }
            Event::Left { room, session } => {
                if let Some(owner) = self.owned.get_mut(&room) {
                    owner.seats.left(context, session);
                }
            }
            Event::Result { room, game, result } => {
                if result.0.len() > RESULT_BYTES_MAX {
                    context.notice(Notice::AtBound("result of a match"));
                } else if let Some(owner) = self.owned.get_mut(&room) {
                    owner.result(context, game, result);
                }
            }
            _ => {}
        }
    }

    fn poll_all(&mut self) {
        for (request, purpose, direct) in self.context.expired() {
            if direct {
                self.reply_of(request, purpose, None);
            } else {
                self.outcome(request, purpose, Outcome::Unknown);
            }
        }
        for owner in self.owned.values_mut() {
            owner.poll(&mut self.context);
        }
        for room in self.followed.keys().copied().collect::<Vec<_>>() {
            self.with_follower(room, Follower::poll);
        }
        self.joins.poll(&mut self.context);
        self.drain.poll(&mut self.context, &mut self.owned);
        let (owned, followed) = (&self.owned, &self.followed);
        self.orphans.poll(&mut self.context, |room| owned.contains_key(&room) || followed.contains_key(&room));
        self.renew();
        self.acknowledge();
        self.announce_load();
        let wait = self.context.config.timing.feed_batch;
        for (to, feed) in self.context.batches.due(wait, self.context.now) {
            self.context.publish(Some(to), &Message::Feed(feed));
        }
    }

    fn renew(&mut self) {
        let context = &mut self.context;
        if context.connected && context.now >= self.next_renewal {
            self.next_renewal = context.now + context.config.timing.renew;
            let (key, record) = (Key::Node(context.config.node), context.config.record.clone());
            let ttl = Some(context.config.timing.node_ttl);
            context.write(key, None, Some(&record), ttl, Purpose::Renewal);
        }
    }

    /// Says to each owner how far this node is with its rooms.
    fn acknowledge(&mut self) {
        if self.context.now < self.next_ack {
            return;
        }
        self.next_ack = self.context.now + self.context.config.timing.ack;
        let mut acks: BTreeMap<NodeId, Vec<RoomAck>> = BTreeMap::new();
        for (owner, ack) in self.followed.values().filter_map(Follower::ack) {
            acks.entry(owner).or_default().push(ack);
        }
        for (owner, acks) in acks {
            for some in acks.chunks(FEED_ROOMS_MAX) {
                self.context.publish(Some(owner), &Message::Acks(some.to_vec()));
            }
        }
    }

    fn announce_load(&mut self) {
        if self.context.now < self.next_load {
            return;
        }
        self.next_load = self.context.now + self.context.config.timing.load;
        let free = |(&room, owner): (&RoomId, &Owner)| OpenRoom { room, free: owner.seats.free() };
        let public = self.owned.iter().filter(|(_, owner)| owner.spec.code.is_none() && owner.promoted);
        let mut open: Vec<OpenRoom> = public.map(free).filter(|hint| hint.free > 0).collect();
        open.sort_by_key(|hint| (hint.free, hint.room));
        open.truncate(OPEN_ROOMS_MAX);
        let players: usize = self.owned.values().map(|owner| owner.seats.seated()).sum();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let load = Load {
            players: self.load.players.max(count(players)),
            rooms: count(self.owned.len()),
            follows: count(self.followed.len()),
            open,
            ..self.load.clone()
        };
        self.context.publish(None, &Message::Load(load));
    }
}

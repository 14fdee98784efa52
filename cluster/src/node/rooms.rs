//! The life of a node's rooms as wholes: they are claimed, retired, followed and dropped.

use super::{
    Action, Context, Epoch, Fate, Follower, Key, LinkId, MoveFailure, Next, Node, NodeId, Notice, Owner, Refusal,
    Revision, RoomId, RoomRecord, RoomState, SessionId, Tick, Want, placement,
};
use crate::{action::Joined, follower::Won, id::Holder};

impl Node {
    /// The broker came or went.
    pub(super) fn connection(&mut self, connected: bool) {
        self.context.connected = connected;
        self.context.synced = false;
        self.named.clear();
        for owner in self.owned.values_mut() {
            owner.connection(&mut self.context);
        }
        if connected {
            // Silence while the broker was away proves nothing.
            let now = self.context.now;
            self.followed.values_mut().for_each(|follower| follower.excuse(now));
            self.next_renewal = now;
            self.poll_all();
        }
    }

    /// The watch has delivered everything.
    pub(super) fn synced(&mut self) {
        self.context.synced = true;
        let named = self.take_named();
        self.context.members.retain(|node| named.contains_key(&Key::Node(node)));
        for room in self.context.directory.retain(|room| named.contains_key(&Key::Room(room))) {
            // A record that is absent here may have been written since the delivery began, so owners and followers ask.
            if let Some(owner) = self.owned.get_mut(&room) {
                owner.stood_still(&mut self.context, None);
            } else if let Some(follower) = self.followed.get_mut(&room) {
                follower.look(&mut self.context);
            }
        }
        self.adopt_restored();
        self.poll_all();
    }

    /// Decides about copies that were read from disk.
    pub(super) fn adopt_restored(&mut self) {
        for (room, tick) in std::mem::take(&mut self.restored) {
            match self.context.directory.get(room).cloned() {
                Some(listed) if !self.owned.contains_key(&room) && !self.followed.contains_key(&room) => {
                    let follower = Follower::with_copy(&self.context, room, listed.revision, listed.record, tick);
                    self.followed.insert(room, follower);
                }
                Some(_) => {}
                None => self.context.act(Action::Discard(room)),
            }
        }
    }

    /// The watch shows a room's record.
    pub(super) fn record_seen(&mut self, room: RoomId, revision: Revision, record: Option<RoomRecord>) {
        match record.clone().filter(|record| record.state == RoomState::Open) {
            Some(record) => {
                if !self.context.directory.seen(room, revision, record) && self.context.directory.get(room).is_none() {
                    self.context.notice(Notice::AtBound("rooms"));
                }
            }
            None => drop(self.context.directory.gone(room, revision)),
        }
        if self.owned.contains_key(&room) {
            self.with_owner(room, |owner, context| owner.seen(context, revision, record.as_ref()));
        } else if self.followed.contains_key(&room) {
            self.with_follower(room, |follower, context| follower.seen(context, revision, record));
        } else if let Some(record) = record
            && record.standby == Some(self.context.me())
        {
            self.followed.insert(room, Follower::standby(room, revision, record, self.context.now));
            self.poll_all();
        }
    }

    /// Lets an owner act, and does what becomes of its room.
    pub(super) fn with_owner(&mut self, room: RoomId, act: impl FnOnce(&mut Owner, &mut Context) -> Fate) {
        let Some(owner) = self.owned.get_mut(&room) else { return };
        match act(owner, &mut self.context) {
            Fate::Here => {}
            Fate::Closed => {
                if let Some(owner) = self.owned.remove(&room) {
                    owner.closed(&mut self.context);
                }
            }
            Fate::Ended => {
                if let Some(owner) = self.owned.remove(&room) {
                    owner.ended(&mut self.context);
                }
            }
            Fate::Retired(revision, record) => self.retire(room, revision, *record),
        }
    }

    /// Another node owns a room of this one. The copy is kept as a spare, until the new owner has a standby.
    fn retire(&mut self, room: RoomId, revision: Revision, record: RoomRecord) {
        let Some(owner) = self.owned.remove(&room) else { return };
        let last = owner.last;
        owner.retire(&mut self.context, &record);
        self.followed.insert(room, Follower::with_copy(&self.context, room, revision, record, last));
        self.poll_all();
    }

    /// Lets a follower act, and does what becomes of its copy.
    pub(super) fn with_follower(&mut self, room: RoomId, act: impl FnOnce(&mut Follower, &mut Context) -> Next) {
        let Some(follower) = self.followed.get_mut(&room) else { return };
        match act(follower, &mut self.context) {
            Next::Stay => {}
            Next::Drop => {
                if let Some(follower) = self.followed.remove(&room) {
                    let refusal = match self.context.directory.get(room) {
                        Some(listed) => Refusal::At(listed.record.owner.node),
                        None => Refusal::NoRoom,
                    };
                    follower.dropped(&mut self.context, refusal);
                }
            }
            Next::Won(revision) => self.promote(room, revision),
        }
    }

    /// A claim was made: this node owns the room.
    fn promote(&mut self, room: RoomId, revision: Revision) {
        let Some(follower) = self.followed.remove(&room) else { return };
        let hides_gap = self.context.config.claims_behind_gap();
        let won = follower.into_owner(hides_gap);
        let Some(tick) = won.tick else {
            // A late claim, after the copy was lost. Another node with a copy hears "not mine" and claims.
            for (link, ..) in won.links {
                self.context.act(Action::Refuse(link, Refusal::Wait));
            }
            return;
        };
        let Won { stale, sure_at, silent, .. } = won;
        let epoch = won.record.epoch;
        self.context.notice(Notice::Claimed(room, epoch));
        self.context.act(Action::Promote { room, epoch, tick, stale, sure_at });
        let now = self.context.now;
        let mut owner = Owner::claimed(room, won, revision, tick, now);
        // The record of a dead node lives on for a while; it is no standby.
        owner.avoid = silent.map(|silent| (silent, now + self.context.config.timing.node_ttl));
        owner.guard(&mut self.context);
        owner.connection(&mut self.context);
        if owner.doubts_after(&self.context, now.saturating_sub(sure_at)) {
            owner.stood_still(&mut self.context, None);
        }
        self.owned.insert(room, owner);
        self.poll_all();
    }

    pub(super) fn hello(&mut self, link: LinkId, room: RoomId, session: SessionId, returns: bool) {
        let context = &mut self.context;
        if let Some(owner) = self.owned.get_mut(&room) {
            owner.hello(context, link, session, returns);
        } else if let Some(follower) = self.followed.get_mut(&room) {
            follower.hello(context, link, session, returns);
        } else {
            let refusal = match context.directory.get(room) {
                Some(listed) if listed.record.owner.node == context.config.node => Refusal::Wait,
                Some(listed) => Refusal::At(listed.record.owner.node),
                None if context.synced => Refusal::NoRoom,
                None => Refusal::Wait,
            };
            context.act(Action::Refuse(link, refusal));
        }
    }

    pub(super) fn join(&mut self, session: SessionId, want: Want) {
        if self.context.synced {
            self.joins.begin(&mut self.context, session, want);
            return;
        }
        // Without the store a node can only give away seats of its own rooms.
        let now = self.context.now;
        let fits = |room: &RoomId, owner: &Owner| match &want {
            Want::Room(wanted) => wanted == room,
            Want::Code(code) => owner.spec.code.as_ref() == Some(code),
            Want::Game { game, version, mode } => {
                let spec = &owner.spec;
                spec.code.is_none()
                    && spec.game.name == *game
                    && spec.game.version == *version
                    && (mode.is_empty() || spec.mode == *mode)
            }
        };
        let fitting = self.owned.iter_mut().filter(|(room, owner)| owner.promoted && fits(room, owner));
        let mut seats = fitting.filter_map(|(&room, owner)| {
            owner.seats.reserve_here(session, now).then_some((room, owner.standby, owner.epoch))
        });
        let joined = match seats.next() {
            Some((room, standby, epoch)) => {
                let standby = standby.map(|standby: Holder| standby.node);
                Joined::Seat { room, owner: self.context.me(), standby, epoch }
            }
            None => Joined::Busy,
        };
        drop(seats);
        self.context.act(Action::Joined(session, joined));
    }

    pub(super) fn begin_move(&mut self, room: RoomId, to: NodeId) {
        let context = &mut self.context;
        let Some(owner) = self.owned.get_mut(&room) else {
            context.notice(Notice::MoveFailed(room, MoveFailure::NotNow));
            return;
        };
        let fit = to != context.config.node
            && context.members.get(to).is_some_and(|member| placement::is_fit(member, &owner.spec));
        if !fit {
            context.notice(Notice::MoveFailed(room, MoveFailure::Unfit));
        } else if !owner.begin_move(context, to) {
            context.notice(Notice::MoveFailed(room, MoveFailure::NotNow));
        }
    }

    /// The epoch of a room of this node.
    #[must_use]
    pub fn epoch(&self, room: RoomId) -> Option<Epoch> {
        Some(self.owned.get(&room)?.epoch)
    }

    /// The newest tick of a copy here.
    #[must_use]
    pub fn held(&self, room: RoomId) -> Option<Tick> {
        self.followed.get(&room)?.held()
    }
}

//! A node with an old copy of a room asks whether anybody has a newer one.
//!
//! ```text
//! event                                                      what follows
//! each 250 ms                                                ask owner and standby directly
//! owner: "mine", and a standby has a copy                    the copy is dropped
//! owner: "not mine", or an earlier life of this node         the owner is gone
//! owner: silent for 3 s, and its node has no record          the owner is gone
//! standby: none, "not following", without a copy, or silent and without a record     the standby is gone
//! both are gone                                              claim
//! 30 s, and the owner's node has a record                    the copy is dropped
//! ```
//! Silence alone is not enough: two nodes may fail to reach each other while both reach everybody else.

use std::time::Duration;

use crate::{
    context::{Context, Purpose},
    id::{Holder, RequestId, RoomId},
    message::{Reply, Request},
    record::RoomRecord,
};

/// The knowledge of a spare about owner and standby.
#[derive(Debug)]
pub(crate) struct Spare {
    since: Duration,
    next_ask: Duration,
    owner: Probe,
    standby: Probe,
}

#[derive(Debug, Default)]
struct Probe {
    request: Option<RequestId>,
    /// Since when it has not answered.
    silent_since: Option<Duration>,
    /// True if it said that it does not have the room.
    gone: bool,
}

impl Probe {
    fn silent(&mut self, now: Duration) {
        self.silent_since = self.silent_since.or(Some(now));
    }

    fn said(&mut self, gone: bool) {
        self.silent_since = None;
        self.gone = gone;
    }

    /// True if the holder has no copy that is newer.
    fn is_gone(&self, context: &Context, holder: Holder) -> bool {
        let silent = self.silent_since.is_some_and(|since| context.now >= since + context.config.timing.spare);
        let former_life = holder.node == context.config.node;
        former_life || self.gone || silent && !context.members.is_alive(holder)
    }
}

impl Spare {
    pub(crate) fn new(now: Duration) -> Self {
        Self { since: now, next_ask: now, owner: Probe::default(), standby: Probe::default() }
    }

    /// The node stood still: it heard no answers because it did not listen.
    pub(crate) fn excuse(&mut self, now: Duration) {
        self.owner.silent_since = None;
        self.standby.silent_since = None;
        self.next_ask = now;
    }

    pub(crate) fn ask(&mut self, context: &mut Context, room: RoomId, record: &RoomRecord) {
        if context.now < self.next_ask {
            return;
        }
        self.next_ask = context.now + context.config.timing.spare_ask;
        let (epoch, wait) = (record.epoch, context.config.timing.direct);
        if record.owner.node != context.config.node {
            let request = Request::Alive { room, epoch };
            self.owner.request = Some(context.ask(record.owner.node, &request, Purpose::Alive(room), wait));
        }
        if let Some(standby) = record.standby.filter(|standby| standby.node != context.config.node) {
            let request = Request::Standing { room, epoch, unseal: false };
            self.standby.request = Some(context.ask(standby.node, &request, Purpose::Standing(room), wait));
        }
    }

    /// The owner answered, or did not: true if the copy is needed no more.
    pub(crate) fn owner_answered(
        &mut self,
        now: Duration,
        record: &RoomRecord,
        request: RequestId,
        reply: Option<&Reply>,
    ) -> bool {
        if self.owner.request.take_if(|asked| *asked == request).is_none() {
            return false;
        }
        match reply {
            None => self.owner.silent(now),
            Some(Reply::NotMine) => self.owner.said(true),
            Some(Reply::Mine { epoch, covered, .. }) => {
                self.owner.said(false);
                return *covered && *epoch >= record.epoch;
            }
            Some(_) => self.owner.said(false),
        }
        false
    }

    /// The standby answered, or did not.
    pub(crate) fn standby_answered(&mut self, now: Duration, request: RequestId, reply: Option<&Reply>) {
        if self.standby.request.take_if(|asked| *asked == request).is_none() {
            return;
        }
        match reply {
            None => self.standby.silent(now),
            Some(Reply::NotFollowing | Reply::Following { held: None, .. }) => self.standby.said(true),
            Some(_) => self.standby.said(false),
        }
    }

    pub(crate) fn may_claim(&self, context: &Context, record: &RoomRecord) -> bool {
        context.synced
            && self.owner.is_gone(context, record.owner)
            && record.standby.is_none_or(|standby| self.standby.is_gone(context, standby))
    }

    /// True if the copy has been kept for long enough.
    pub(crate) fn is_over(&self, context: &Context, record: &RoomRecord) -> bool {
        context.now >= self.since + context.config.timing.spare_keep && context.members.is_alive(record.owner)
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.next_ask
    }
}

//! The record of a room, written by its owner; the table stands in `owner`.

use std::time::Duration;

use super::{Fate, Intent, Owner};
use crate::{
    action::Action,
    cas::Seen,
    context::{Context, Purpose},
    event::Outcome,
    feed_out::FeedOut,
    id::{Holder, RequestId},
    notice::{MoveFailure, Notice},
    placement,
    record::{Key, Revision, RoomRecord, RoomState},
    transfer::Transfer,
};

impl Owner {
    /// The watch shows the record.
    pub(crate) fn seen(&mut self, context: &mut Context, revision: Revision, record: Option<&RoomRecord>) -> Fate {
        match record {
            _ if revision <= self.revision => Fate::Here,
            Some(record) if self.is_mine(context, record) => {
                if self.cas.is_idle() {
                    self.adopt(context, revision, record);
                }
                Fate::Here
            }
            Some(_) if context.config.no_fence() => Fate::Here,
            Some(record) => self.not_mine(context, revision, record.clone()),
            None if self.closing || !self.registered => Fate::Here,
            None => {
                self.stood_still(context, None);
                Fate::Here
            }
        }
    }

    /// The store answered a write of the record.
    pub(crate) fn record_answer(&mut self, context: &mut Context, request: RequestId, outcome: Outcome) -> Fate {
        let Some(seen) = self.cas.answer(context, request, outcome, Purpose::Record(self.room)) else {
            return Fate::Here;
        };
        let intent = self.intent.take();
        match seen {
            Seen::Written(_) if intent == Some(Intent::Close) => return Fate::Closed,
            Seen::Written(revision) => {
                let standby = match intent {
                    Some(Intent::Standby(standby)) => standby,
                    _ => self.standby,
                };
                let registers = intent == Some(Intent::Register);
                self.written(context, revision, standby);
                if intent == Some(Intent::Touch) && matches!(self.transfer, Transfer::Unsealing { .. }) {
                    self.unseal(context);
                }
                if registers && !self.doubt.is_sure() {
                    self.settle(context);
                }
            }
            Seen::Now(_, None) if intent == Some(Intent::Close) => return Fate::Closed,
            Seen::Now(_, None) if self.revision > 0 => return Fate::Ended,
            Seen::Now(_, None) => self.next_write = context.now + context.config.timing.retry,
            Seen::Now(revision, Some(value)) => match context.record::<RoomRecord>(&value) {
                Some(record) if self.is_mine(context, &record) => {
                    let registers = intent == Some(Intent::Register);
                    self.adopt(context, revision, &record);
                    if registers && !self.doubt.is_sure() {
                        self.settle(context);
                    }
                }
                Some(record) if !context.config.no_fence() => {
                    let closes = intent == Some(Intent::Close) && record.state == RoomState::Closed;
                    let closed = closes && record.owner == context.me();
                    return if closed { Fate::Closed } else { self.not_mine(context, revision, record) };
                }
                _ => self.next_write = context.now + context.config.timing.retry,
            },
        }
        self.poll(context);
        Fate::Here
    }

    pub(super) fn is_mine(&self, context: &Context, record: &RoomRecord) -> bool {
        record.owner == context.me() && record.epoch == self.epoch && record.state == RoomState::Open
    }

    /// The record is not this owner's.
    pub(super) fn not_mine(&mut self, context: &mut Context, revision: Revision, record: RoomRecord) -> Fate {
        if record.state == RoomState::Lost && revision == self.revision {
            // It is registering again, and this is still the record that it writes over.
            return Fate::Here;
        }
        let was_mine = record.owner == context.me() && record.epoch == self.epoch;
        match record.state {
            RoomState::Open => Fate::Retired(revision, Box::new(record)),
            RoomState::Lost if was_mine && !self.closing => {
                self.open_again(context, revision);
                Fate::Here
            }
            RoomState::Lost | RoomState::Closed => Fate::Ended,
        }
    }

    /// Another node took this one for dead, and the room for lost. It is here, so it is registered again, in the next epoch.
    fn open_again(&mut self, context: &mut Context, revision: Revision) {
        self.revision = revision;
        self.registered = false;
        self.standby = None;
        self.epoch = self.epoch.next();
        self.guarded = None;
        self.next_write = context.now;
        if !self.transfer.is_idle() {
            self.abandon(context, MoveFailure::NotNow);
        }
        self.seats.forget_record();
        self.code.write_again();
        self.ask(context);
        context.notice(Notice::Registered(self.room));
        self.poll(context);
    }

    /// Takes the record as it is now.
    pub(super) fn adopt(&mut self, context: &mut Context, revision: Revision, record: &RoomRecord) {
        if revision > self.revision {
            self.written(context, revision, record.standby);
        }
    }

    fn written(&mut self, context: &mut Context, revision: Revision, standby: Option<Holder>) {
        self.revision = revision;
        self.registered = true;
        if self.standby != standby {
            self.standby = standby;
            self.feed = FeedOut::new(context.now);
            context.act(Action::Standby(self.room, standby.map(|standby| standby.node)));
            if let Some(standby) = standby {
                context.notice(Notice::Followed(self.room, standby.node));
            }
        }
        self.guard(context);
    }

    /// Longest time between two turns that leaves no doubt.
    pub(super) fn pause(&self, context: &Context) -> Option<Duration> {
        let timing = &context.config.timing;
        let followed = self.standby.is_some() || matches!(self.intent, Some(Intent::Standby(Some(_))));
        if followed {
            Some(timing.pause.max(Duration::from_micros(u64::from(self.spec.tick_us) * 2)))
        } else {
            self.copied.then_some(timing.pause_alone)
        }
    }

    pub(crate) fn guard(&mut self, context: &mut Context) {
        let guard = (self.epoch, self.pause(context));
        if self.guarded != Some(guard) {
            self.guarded = Some(guard);
            context.act(Action::Guard { room: self.room, epoch: guard.0, pause: guard.1 });
        }
    }

    /// Another standby is chosen when this one does not say how far it is.
    pub(super) fn avoid_silent_standby(&mut self, context: &Context) {
        let timing = &context.config.timing;
        let silent = context.connected && context.now >= self.feed.heard() + timing.standby_silence;
        if let Some(standby) = self.standby.filter(|_| silent) {
            self.avoid = Some((standby, context.now + timing.node_ttl * 2));
            self.feed.excuse(context.now);
        }
    }

    /// Writes what the room wants to have in its record and is not there.
    pub(super) fn write_record(&mut self, context: &mut Context) {
        let Some(intent) = self.intent(context) else { return };
        self.intent = Some(intent);
        if let Intent::Standby(Some(_)) = intent {
            // From now on another node may have a copy, also if the answer never comes.
            self.copied = true;
            self.guard(context);
        }
        let standby = match intent {
            Intent::Standby(standby) => standby,
            _ => self.standby,
        };
        let closes = intent == Intent::Close;
        let record = RoomRecord {
            state: if closes { RoomState::Closed } else { RoomState::Open },
            owner: context.me(),
            standby: standby.filter(|_| !closes),
            epoch: self.epoch,
            spec: self.spec.clone(),
        };
        let ttl = closes.then_some(context.config.timing.ended);
        self.next_write = context.now + context.config.timing.retry;
        self.cas.write(context, Key::Room(self.room), self.revision, Some(&record), ttl, Purpose::Record(self.room));
    }

    fn intent(&mut self, context: &Context) -> Option<Intent> {
        if self.closing {
            return Some(Intent::Close);
        }
        if !self.registered {
            return Some(Intent::Register);
        }
        if let Transfer::Unsealing { .. } = self.transfer {
            return Some(Intent::Touch);
        }
        if !context.synced || !self.promoted || self.transfer.is_sealed() {
            return None;
        }
        self.avoid = self.avoid.filter(|&(_, until)| context.now < until);
        let kept = self.standby.filter(|&standby| {
            context.members.is_alive(standby)
                && self.avoid.is_none_or(|(silent, _)| silent != standby)
                && !context.members.get(standby.node).is_some_and(|member| member.record.draining)
        });
        let wanted = self.transfer.to().or(kept.map(|standby| standby.node)).or_else(|| {
            let avoid = self.avoid.map(|(silent, _)| silent);
            placement::standby(&context.members, context.config.node, self.room, &self.spec, avoid)
        });
        let wanted = wanted.and_then(|node| {
            let incarnation = context.members.get(node)?.record.incarnation;
            Some(Holder { node, incarnation })
        });
        (wanted != self.standby).then_some(Intent::Standby(wanted))
    }
}

//! How an owner that stood still becomes sure again; the table stands in `doubt`.

use std::time::Duration;

use super::{Fate, Owner};
use crate::{
    action::Action,
    context::{Context, Purpose},
    event::Outcome,
    id::{Holder, RequestId},
    message::{Reply, Request},
    notice::Notice,
    record::{Key, RoomRecord},
    transfer::Transfer,
};

impl Owner {
    /// The shard, or the whole node, stood still.
    pub(crate) fn stood_still(&mut self, context: &mut Context, question: Option<u64>) {
        if question.is_some() {
            self.doubt.question = question;
        }
        if !self.copied && !self.registered {
            self.settle(context);
            return;
        }
        context.notice(Notice::InDoubt(self.room));
        self.ask(context);
    }

    /// True if a pause of the node of this length leaves it in doubt.
    pub(crate) fn doubts_after(&self, context: &Context, pause: Duration) -> bool {
        self.pause(context).is_some_and(|longest| pause > longest)
    }

    pub(super) fn ask(&mut self, context: &mut Context) {
        let read = context.read(Key::Room(self.room), Purpose::Doubt(self.room));
        let standing = self.standby.map(|standby| self.ask_standby(context, standby, false));
        let timing = &context.config.timing;
        self.doubt.ask(read, standing, context.now + timing.kv + timing.retry);
    }

    pub(super) fn ask_standby(&self, context: &mut Context, standby: Holder, unseal: bool) -> RequestId {
        let request = Request::Standing { room: self.room, epoch: self.epoch, unseal };
        let wait = context.config.timing.direct;
        context.ask(standby.node, &request, Purpose::Standing(self.room), wait)
    }

    pub(super) fn settle(&mut self, context: &mut Context) {
        if let Some(question) = self.doubt.settle() {
            context.act(Action::Clear { room: self.room, question });
        }
        self.serve(context);
    }

    /// The store answered the doubt.
    pub(crate) fn doubt_read(&mut self, context: &mut Context, request: RequestId, outcome: Outcome) -> Fate {
        if !self.doubt.is_answer(request) {
            return Fate::Here;
        }
        match outcome {
            Outcome::Found(revision, value) => match context.record::<RoomRecord>(&value) {
                Some(record) if self.is_mine(context, &record) => {
                    self.adopt(context, revision, &record);
                    self.settle(context);
                    Fate::Here
                }
                Some(record) => self.not_mine(context, revision, record),
                None => Fate::Here,
            },
            Outcome::Absent if self.revision > 0 => Fate::Ended,
            _ => Fate::Here,
        }
    }

    /// The standby answered, in doubt or about a seal.
    pub(crate) fn standing(&mut self, context: &mut Context, request: RequestId, from: Holder, reply: &Reply) {
        let Reply::Following { epoch, .. } = reply else { return };
        if *epoch != self.epoch || self.standby != Some(from) {
            return;
        }
        if self.doubt.is_answer(request) {
            self.settle(context);
        } else if let Transfer::Unsealing { .. } = self.transfer {
            self.unseal(context);
        }
    }
}

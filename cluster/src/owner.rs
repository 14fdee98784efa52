//! A room, seen by its owner.
//!
//! ```text
//! state      event                                       next       what follows
//! Alone      another node is fit                         Followed   write it as the standby; it fetches a checkpoint
//! Followed   tick                                        Followed   the tick goes into the feed
//! Followed   standby gone: its record, or 2 s silent     Alone      write standby = another one, or none
//! Followed   move                                        Followed   see `transfer`
//! any        stood still                                 the same   see `doubt`: no tick, no admission, no result until it is sure
//! any        record: another owner, or a higher epoch    (retired)  tell the players; no tick; the copy becomes a spare
//! any        record: lost, in my epoch                   Alone      in doubt; register again, in the next epoch
//! any        record: closed, or lost in another epoch    (closed)   the room has ended while this node was cut off
//! any        no broker                                   the same   play on, or freeze; results wait
//! any        close                                       (closed)   write `closed`; remove seats and code
//! ```
//! Writes of the record are made one at a time (`cas`), and each is decided from what the room wants at that time, not from what it wanted
//! when the one before began.

mod certainty;
mod moving;
mod record;

use std::{collections::VecDeque, time::Duration};

use crate::{
    action::{Action, Refusal},
    bounded::Blob,
    cas::Cas,
    cleanup,
    code_book::CodeBook,
    config::OnPartition,
    context::{Context, Purpose},
    doubt::Doubt,
    feed_out::FeedOut,
    follower::Won,
    id::{Epoch, Holder, LinkId, NodeId, ReplyId, RoomId, SessionId, Tick},
    limits::{CHECKPOINTS_MAX, HELD_LINKS_MAX, RECORD_BYTES_MAX, RESULTS_MAX},
    message::{Entry, Reply, RoomTick},
    notice::Notice,
    record::{Revision, RoomRecord, RoomSpec},
    seats::SeatBook,
    transfer::Transfer,
};

/// A room of this node.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) room: RoomId,
    pub(crate) spec: RoomSpec,
    pub(crate) epoch: Epoch,
    /// The revision of the record.
    pub(crate) revision: Revision,
    /// True if there is a record that says that this node owns the room.
    registered: bool,
    /// As the record says.
    pub(crate) standby: Option<Holder>,
    /// True if another node may have a copy.
    copied: bool,
    cas: Cas,
    intent: Option<Intent>,
    next_write: Duration,
    /// A node that was silent, until then.
    pub(crate) avoid: Option<(Holder, Duration)>,
    /// The newest tick.
    pub(crate) last: Tick,
    pub(crate) feed: FeedOut,
    checkpoints: Vec<ReplyId>,
    guarded: Option<(Epoch, Option<Duration>)>,
    pub(crate) doubt: Doubt,
    frozen: bool,
    pub(crate) transfer: Transfer,
    /// Nothing is known of the players before the shell has promoted its copy.
    pub(crate) promoted: bool,
    pub(crate) seats: SeatBook,
    pub(crate) code: CodeBook,
    /// Links that wait while this node is in doubt.
    links: Vec<(LinkId, SessionId, bool)>,
    results: VecDeque<(u64, Blob)>,
    closing: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Intent {
    Register,
    Standby(Option<Holder>),
    Touch,
    Close,
}

/// The state of the room after an event.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is still here.
    Here,
    /// This node has closed it.
    Closed,
    /// It has ended while this node was cut off.
    Ended,
    /// Another node owns it, says this record.
    Retired(Revision, Box<RoomRecord>),
}

impl Owner {
    /// A room that the shell opened.
    pub(crate) fn opened(room: RoomId, spec: RoomSpec, now: Duration) -> Self {
        let seats = SeatBook::new(room, spec.seats, []);
        let code = CodeBook::new(room, spec.code.clone());
        Self {
            room,
            spec,
            epoch: Epoch::FIRST,
            revision: 0,
            registered: false,
            standby: None,
            copied: false,
            cas: Cas::Idle,
            intent: None,
            next_write: now,
            avoid: None,
            last: Tick(0),
            feed: FeedOut::new(now),
            checkpoints: Vec::new(),
            guarded: None,
            doubt: Doubt::default(),
            frozen: false,
            transfer: Transfer::Idle,
            promoted: true,
            seats,
            code,
            links: Vec::new(),
            results: VecDeque::new(),
            closing: false,
        }
    }

    /// A room that this node has claimed, with the copy that ends with `tick`.
    pub(crate) fn claimed(room: RoomId, won: Won, revision: Revision, tick: Tick, now: Duration) -> Self {
        let Won { record, links, .. } = won;
        let mut owner = Self {
            epoch: record.epoch,
            revision,
            registered: true,
            copied: true,
            last: tick,
            promoted: false,
            links,
            ..Self::opened(room, record.spec, now)
        };
        owner.code.is_written();
        owner
    }

    /// True if this node may act as the owner now.
    fn may_act(&self) -> bool {
        self.promoted && self.doubt.is_sure() && !self.frozen
    }

    /// True if a standby has a copy that is nearly up to date.
    pub(crate) fn is_covered(&self) -> bool {
        self.standby.is_some() && self.feed.acked().is_some()
    }

    pub(crate) fn ticked(&mut self, context: &mut Context, tick: Tick, hash: Option<u64>, record: Blob) {
        self.last = self.last.max(tick);
        if record.0.len() > RECORD_BYTES_MAX {
            // The standby finds a gap and fetches a checkpoint.
            context.notice(Notice::AtBound("record of a tick"));
            return;
        }
        let entry = Entry { tick, hash, record };
        if let Some(standby) = self.standby {
            self.feed.push(entry.clone());
            context.feed(standby.node, RoomTick { room: self.room, epoch: self.epoch, entry });
        }
    }

    /// The shard stopped for a move.
    pub(crate) fn sealed(&mut self, context: &mut Context, last: Tick) {
        let Transfer::Sealing { to } = self.transfer else { return };
        self.last = self.last.max(last);
        context.flush_feed(to);
        let (now, until) = (context.now, context.now + context.config.timing.sealed);
        self.transfer = Transfer::Sealed { to, last: self.last, until, repeat: now };
        self.poll_transfer(context);
    }

    /// The shell has promoted its copy.
    pub(crate) fn promoted(&mut self, context: &mut Context, sessions: Vec<SessionId>) {
        self.promoted = true;
        self.seats = SeatBook::new(self.room, self.spec.seats, sessions);
        self.serve(context);
    }

    /// Does what waited for certainty.
    pub(crate) fn serve(&mut self, context: &mut Context) {
        if !self.may_act() {
            return;
        }
        for (link, session, returns) in std::mem::take(&mut self.links) {
            self.seats.hello(context, link, session, returns);
        }
        if context.connected && self.registered {
            for (game, result) in std::mem::take(&mut self.results) {
                context.act(Action::Store { room: self.room, epoch: self.epoch, game, result });
            }
        }
    }

    pub(crate) fn hello(&mut self, context: &mut Context, link: LinkId, session: SessionId, returns: bool) {
        if self.transfer.is_sealed() || !self.may_act() {
            if self.links.len() >= HELD_LINKS_MAX {
                context.notice(Notice::AtBound("links"));
                context.act(Action::Refuse(link, Refusal::Wait));
            } else {
                self.links.push((link, session, returns));
            }
            return;
        }
        self.seats.hello(context, link, session, returns);
    }

    pub(crate) fn link_gone(&mut self, link: LinkId) {
        self.links.retain(|&(waiting, ..)| waiting != link);
        self.seats.link_gone(link);
    }

    pub(crate) fn result(&mut self, context: &mut Context, game: u64, result: Blob) {
        if self.results.len() >= RESULTS_MAX {
            self.results.pop_front();
            context.notice(Notice::AtBound("results"));
        }
        self.results.push_back((game, result));
        self.serve(context);
    }

    /// Begins a move to a node that is fit: false if one is under way.
    pub(crate) fn begin_move(&mut self, context: &mut Context, to: NodeId) -> bool {
        if !self.transfer.is_idle() || self.closing || !self.registered {
            return false;
        }
        self.transfer = Transfer::Placing { to, until: context.now + context.config.timing.move_follow };
        self.avoid = None;
        context.notice(Notice::MoveBegan(self.room, to));
        self.poll(context);
        true
    }

    pub(crate) fn close(&mut self, context: &mut Context) {
        self.closing = true;
        self.poll(context);
    }

    pub(crate) fn waiting(&mut self, context: &mut Context, from: Holder, links: u16) {
        if let Transfer::Opening { to, links: known, .. } = &mut self.transfer
            && *to == from.node
        {
            *known = links;
            self.poll_transfer(context);
        }
    }

    pub(crate) fn acked(&mut self, context: &mut Context, from: Holder, epoch: Epoch, held: Option<Tick>) {
        if self.standby == Some(from) && epoch == self.epoch {
            self.feed.ack(held, context.now);
            self.poll_transfer(context);
        }
    }

    /// A standby asks for what it lacks.
    pub(crate) fn fetch(&mut self, context: &mut Context, reply: ReplyId, epoch: Epoch, held: Option<Tick>) {
        if epoch != self.epoch || !self.promoted {
            context.reply(reply, &Reply::NotMine);
        } else if let Some(entries) = held.and_then(|held| self.feed.since(held)) {
            context.reply(reply, &Reply::Entries(entries));
        } else if self.checkpoints.len() >= CHECKPOINTS_MAX {
            context.reply(reply, &Reply::Busy);
        } else {
            self.checkpoints.push(reply);
            context.act(Action::Checkpoint(self.room, reply));
        }
    }

    /// The shell took a checkpoint: true if this room's standby asked for it.
    pub(crate) fn checkpoint_taken(&mut self, reply: ReplyId) -> bool {
        let asked = self.checkpoints.len();
        self.checkpoints.retain(|&waiting| waiting != reply);
        self.checkpoints.len() < asked
    }

    /// The answer to "do you own it?".
    pub(crate) fn alive(&self, context: &mut Context, reply: ReplyId) {
        let answer = if self.frozen {
            Reply::Yield { epoch: self.epoch }
        } else {
            Reply::Mine { epoch: self.epoch, covered: self.is_covered(), moves_to: self.transfer.to() }
        };
        context.reply(reply, &answer);
    }

    /// The broker came or went.
    pub(crate) fn connection(&mut self, context: &mut Context) {
        let freeze = context.config.on_partition == OnPartition::Freeze && !context.connected && self.copied;
        if freeze != self.frozen {
            self.frozen = freeze;
            context.act(Action::Freeze(self.room, freeze));
            if !freeze {
                self.stood_still(context, None);
            }
        }
        self.feed.excuse(context.now);
        self.serve(context);
    }

    /// Does what is due.
    pub(crate) fn poll(&mut self, context: &mut Context) {
        self.cas.poll(context, Purpose::Record(self.room));
        if self.doubt.is_due(context.now) {
            self.ask(context);
        }
        self.poll_transfer(context);
        self.avoid_silent_standby(context);
        if context.connected && self.cas.is_idle() && context.now >= self.next_write {
            self.write_record(context);
        }
        if context.connected && self.promoted && self.registered && !self.closing {
            self.code.poll(context);
            self.seats.poll(context);
        }
    }

    pub(crate) fn deadline(&self, context: &Context) -> Option<Duration> {
        let write =
            (context.connected && self.cas.is_idle() && self.next_write > context.now).then_some(self.next_write);
        let seats = self.seats.deadline().filter(|_| context.connected);
        let parts = [self.cas.deadline(), self.doubt.deadline(), self.transfer.deadline(), write, seats];
        parts.into_iter().flatten().min()
    }

    /// This node owns the room no more.
    pub(crate) fn retire(mut self, context: &mut Context, record: &RoomRecord) {
        let to = record.owner.node;
        if self.transfer.to() == Some(to) {
            context.notice(Notice::Moved(self.room, to));
        }
        context.notice(Notice::Retired(self.room, self.epoch));
        let waiting = self.links.iter().map(|&(link, ..)| link);
        let lookups = self.seats.take_lookups();
        for link in waiting.chain(lookups.iter().map(|&(link, _)| link)).collect::<Vec<_>>() {
            context.act(Action::Refuse(link, Refusal::At(to)));
        }
        for reply in std::mem::take(&mut self.checkpoints) {
            context.reply(reply, &Reply::NotMine);
        }
        context.act(Action::Retire { room: self.room, to });
    }

    /// This node has closed the room: its seats and its code go too.
    pub(crate) fn closed(self, context: &mut Context) {
        cleanup::after(context, self.room, self.code.ours());
        self.ended(context);
    }

    /// The room has ended.
    pub(crate) fn ended(mut self, context: &mut Context) {
        let lookups = self.seats.take_lookups();
        let waiting = self.links.iter().map(|&(link, ..)| link);
        for link in waiting.chain(lookups.iter().map(|&(link, _)| link)) {
            context.act(Action::Refuse(link, Refusal::NoRoom));
        }
        for reply in std::mem::take(&mut self.checkpoints) {
            context.reply(reply, &Reply::NotMine);
        }
        context.act(Action::Discard(self.room));
    }
}

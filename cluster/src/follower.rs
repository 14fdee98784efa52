//! A room, seen by a node that has a copy of it, or is to have one: its standby, or a node with an old copy.
//!
//! ```text
//! state      event                                           next        what follows
//! Standby    feed                                            the same    see `feed_in`
//! Standby    the owner is dead, see `suspicion`
//!              copy within three ticks of what was heard of  Claiming    compare-and-set: owner = me, epoch + 1, no standby
//!              otherwise, after a second                     Claiming    the same, and the claim is called stale
//! Standby    record: another standby                         Spare
//! Standby    record: another epoch or owner, me the standby  Standby     without a copy: the new owner's past is another one
//! Spare      owner and standby dead, or without a copy       Claiming    the same, stale
//! Spare      the owner says that its standby has a copy      (dropped)
//! Claiming   written, or the record names me                 (owner)     play on from the newest tick that is here
//! Claiming   conflict; owner and epoch are unchanged         the same    try again, if the owner is still dead
//! Claiming   record: another owner                           Spare
//! any        record: the room has ended                      (dropped)
//! ```
//! A node becomes a spare when it owned the room and another one claimed it, when it was the standby and the owner chose another one, and when it
//! restarts with a copy on its disk. Spares are what is left when owner and standby die together.

use std::time::Duration;

use crate::{
    action::{Action, Refusal},
    cas::{Cas, Seen},
    context::{Context, Purpose},
    event::Outcome,
    feed_in::FeedIn,
    held_links::HeldLinks,
    id::{Epoch, Holder, LinkId, NodeId, RequestId, RoomId, SessionId, Tick},
    limits::CLAIM_LAG_TICKS,
    message::{Entry, Message, Reply, Request, RoomAck},
    notice::Notice,
    record::{Key, Revision, RoomRecord, RoomState},
    spare::Spare,
    suspicion::Suspicion,
};

/// A copy of a room that another node owns.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) room: RoomId,
    pub(crate) record: RoomRecord,
    revision: Revision,
    /// `None` while this node is the standby.
    spare: Option<Spare>,
    feed: FeedIn,
    /// The last tick of an older copy that the shell still has, while there is no newer one.
    fallback: Option<Tick>,
    suspicion: Suspicion,
    /// A player of the room came here since the owner was heard of.
    player_came: bool,
    claim: Cas,
    /// When the claim was written; long ago if it is the watch that shows it.
    claimed_at: Duration,
    /// The owner that it took the room from, if that was silent.
    silent: Option<Holder>,
    fetching: Option<RequestId>,
    next_fetch: Duration,
    /// The last tick of the old owner, in a move.
    sealed: Option<Tick>,
    /// The last tick of a seal that was taken back: the broker may still deliver it.
    unsealed: Option<Tick>,
    links: HeldLinks,
}

/// The state of the copy after an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Next {
    /// It is still here.
    Stay,
    /// The room is this node's, under this revision.
    Won(Revision),
    /// It is needed no more.
    Drop,
}

/// A room that was claimed.
pub(crate) struct Won {
    pub(crate) record: RoomRecord,
    /// The last tick of the copy, if there is one.
    pub(crate) tick: Option<Tick>,
    /// True if the copy is known to be old.
    pub(crate) stale: bool,
    /// When the claim was asked for; long ago if it is the watch that shows it.
    pub(crate) sure_at: Duration,
    /// The old owner, if it was silent.
    pub(crate) silent: Option<Holder>,
    /// Links that wait.
    pub(crate) links: Vec<(LinkId, SessionId, bool)>,
}

impl Follower {
    /// The standby of a room, without a copy yet.
    pub(crate) fn standby(room: RoomId, revision: Revision, record: RoomRecord, now: Duration) -> Self {
        Self {
            room,
            record,
            revision,
            spare: None,
            feed: FeedIn::empty(now),
            fallback: None,
            suspicion: Suspicion::new(now),
            player_came: false,
            claim: Cas::Idle,
            claimed_at: Duration::ZERO,
            silent: None,
            fetching: None,
            next_fetch: now,
            sealed: None,
            unsealed: None,
            links: HeldLinks::default(),
        }
    }

    /// A node with a copy that ends with `tick`. It may be the room's standby all the same.
    pub(crate) fn with_copy(
        context: &Context,
        room: RoomId,
        revision: Revision,
        record: RoomRecord,
        tick: Tick,
    ) -> Self {
        let is_standby = record.standby == Some(context.me());
        let follower = Self::standby(room, revision, record, context.now);
        if is_standby {
            return Self { fallback: Some(tick), ..follower };
        }
        Self { spare: Some(Spare::new(context.now)), feed: FeedIn::with_copy(tick), ..follower }
    }

    /// The newest tick of the copy.
    pub(crate) fn held(&self) -> Option<Tick> {
        self.feed.held()
    }

    pub(crate) fn ack(&self) -> Option<(NodeId, RoomAck)> {
        let ack = RoomAck { room: self.room, epoch: self.record.epoch, held: self.feed.held() };
        self.spare.is_none().then_some((self.record.owner.node, ack))
    }

    /// Takes a tick of the feed.
    pub(crate) fn tick(&mut self, context: &mut Context, from: Holder, epoch: Epoch, entry: Entry) {
        if self.spare.is_some() || from != self.record.owner || epoch != self.record.epoch {
            context.notice(Notice::Repeated);
            return;
        }
        self.owner_heard(context);
        if self.sealed.is_some_and(|last| entry.tick > last) {
            self.forget_seal();
        }
        let ticks = self.feed.take(entry, context.now);
        self.play(context, ticks);
    }

    /// The owner gives the room away.
    pub(crate) fn seal(&mut self, context: &mut Context, from: Holder, epoch: Epoch, last: Tick) {
        let taken_back = self.unsealed.is_some_and(|old| last <= old) || last < self.feed.newest();
        if self.spare.is_some() || from != self.record.owner || epoch != self.record.epoch || taken_back {
            context.notice(Notice::Repeated);
            return;
        }
        self.owner_heard(context);
        self.sealed = Some(last);
        self.check_seal(context);
    }

    /// The shell has played a tick.
    pub(crate) fn played(&mut self, context: &mut Context, tick: Tick, hash: u64) {
        if !self.feed.agrees(tick, hash) {
            context.notice(Notice::Mismatch(self.room, tick));
            self.feed.drop_copy(context.now);
            self.fallback = None;
            self.next_fetch = context.now;
        }
    }

    /// The answer to an owner in doubt, or to a node with an old copy.
    pub(crate) fn standing(&mut self, context: &Context, epoch: Epoch, unseal: bool) -> Reply {
        if self.spare.is_some() || epoch != self.record.epoch {
            return Reply::NotFollowing;
        }
        if !self.claim.is_idle() {
            return Reply::Claiming;
        }
        if unseal {
            self.forget_seal();
            self.suspicion.heard(context.now);
        }
        Reply::Following { epoch, held: self.feed.held() }
    }

    /// The node itself stood still: what it did not hear proves nothing.
    pub(crate) fn excuse(&mut self, now: Duration) {
        self.suspicion.heard(now);
        if let Some(spare) = &mut self.spare {
            spare.excuse(now);
        }
    }

    pub(crate) fn hello(&mut self, context: &mut Context, link: LinkId, session: SessionId, returns: bool) {
        if self.spare.is_some() {
            context.act(Action::Refuse(link, Refusal::At(self.record.owner.node)));
        } else if self.links.hold(context, link, session, returns) {
            self.player_came = true;
            self.report_links(context);
            self.suspect(context);
        }
    }

    pub(crate) fn link_gone(&mut self, context: &mut Context, link: LinkId) {
        if self.links.gone(link) {
            self.report_links(context);
        }
    }

    /// The watch shows the record, or a read found it.
    pub(crate) fn seen(&mut self, context: &mut Context, revision: Revision, record: Option<RoomRecord>) -> Next {
        if revision <= self.revision {
            return Next::Stay;
        }
        let Some(record) = record.filter(|record| record.state == RoomState::Open) else {
            return Next::Drop;
        };
        self.revision = revision;
        if record.owner == context.me() {
            self.record = record;
            if self.claim.is_idle() {
                // A claim that had been given up was made after all.
                self.claimed_at = Duration::ZERO;
            }
            return Next::Won(revision);
        }
        let changed = record.epoch != self.record.epoch || record.owner != self.record.owner;
        self.record = record;
        // The owner has written the record, so it lived a moment ago, and took a seal back if there was one.
        self.suspicion.heard(context.now);
        self.forget_seal();
        if changed {
            self.claim.stop();
            self.fetching = None;
            self.unsealed = None;
            self.next_fetch = context.now;
        }
        let is_standby = self.record.standby == Some(context.me());
        if is_standby && (changed || self.spare.is_some()) {
            // A copy of another past is better than none until the new owner's is here.
            self.fallback = self.feed.held().or(self.fallback);
            self.feed = FeedIn::empty(context.now);
            self.spare = None;
            self.next_fetch = context.now;
        } else if !is_standby && (changed || self.spare.is_none()) {
            let Some(tick) = self.feed.held().or(self.fallback.take()) else {
                return Next::Drop;
            };
            self.feed = FeedIn::with_copy(tick);
            self.spare = Some(Spare::new(context.now));
            self.links.refuse(context, Refusal::At(self.record.owner.node));
        }
        Next::Stay
    }

    /// Reads the record, because the watch did not name it.
    pub(crate) fn look(&mut self, context: &mut Context) {
        if self.claim.is_idle() {
            self.claim.look(context, Key::Room(self.room), Purpose::Record(self.room));
        }
    }

    /// The store answered the claim.
    pub(crate) fn claim_answer(&mut self, context: &mut Context, request: RequestId, outcome: Outcome) -> Next {
        match self.claim.answer(context, request, outcome, Purpose::Record(self.room)) {
            Some(Seen::Written(revision)) => {
                self.record = self.claimed(context);
                Next::Won(revision)
            }
            Some(Seen::Now(_, None)) => {
                context.notice(Notice::ClaimLost(self.room));
                Next::Drop
            }
            Some(Seen::Now(revision, Some(value))) => {
                let Some(record) = context.record::<RoomRecord>(&value) else { return Next::Stay };
                if record.owner != self.record.owner && record.owner != context.me() {
                    context.notice(Notice::ClaimLost(self.room));
                }
                self.seen(context, revision, Some(record))
            }
            None => Next::Stay,
        }
    }

    /// The owner answered "do you own it?", or did not.
    pub(crate) fn alive_answer(&mut self, context: &mut Context, request: RequestId, reply: Option<&Reply>) -> Next {
        if let Some(spare) = &mut self.spare {
            let next = spare.owner_answered(context.now, &self.record, request, reply);
            return if next { Next::Drop } else { Next::Stay };
        }
        match reply {
            Some(Reply::Mine { epoch, moves_to, .. }) if *epoch >= self.record.epoch => {
                self.owner_heard(context);
                // An owner that moves the room here wants its players to wait here.
                if *moves_to != Some(context.config.node) {
                    self.links.refuse(context, Refusal::At(self.record.owner.node));
                }
            }
            _ => {
                self.suspicion.unanswered(request, context.now);
                self.consider(context);
            }
        }
        Next::Stay
    }

    /// The standby answered a spare, or did not.
    pub(crate) fn standing_answer(&mut self, context: &mut Context, request: RequestId, reply: Option<&Reply>) {
        if let Some(spare) = &mut self.spare {
            spare.standby_answered(context.now, request, reply);
        }
    }

    /// The owner sent what was missing, or did not.
    pub(crate) fn fetched(&mut self, context: &mut Context, request: RequestId, reply: Option<Reply>) {
        if self.fetching != Some(request) {
            return;
        }
        self.fetching = None;
        match reply {
            Some(Reply::Entries(entries)) => {
                for entry in entries {
                    let ticks = self.feed.take(entry, context.now);
                    self.play(context, ticks);
                }
            }
            Some(Reply::Checkpoint { tick, world }) => {
                if self.feed.restore(tick) {
                    self.fallback = None;
                    context.act(Action::Restore { room: self.room, tick, world });
                    let ticks = self.feed.advance(context.now);
                    self.play(context, ticks);
                }
            }
            _ => self.next_fetch = context.now + context.config.timing.retry,
        }
    }

    /// Does what is due.
    pub(crate) fn poll(&mut self, context: &mut Context) -> Next {
        self.claim.poll(context, Purpose::Record(self.room));
        let now = context.now;
        self.links.poll(context);
        if let Some(spare) = &mut self.spare {
            if spare.is_over(context, &self.record) {
                return Next::Drop;
            }
            spare.ask(context, self.room, &self.record);
            if spare.may_claim(context, &self.record) && self.claim.is_idle() {
                self.write_claim(context);
            }
            return Next::Stay;
        }
        self.suspect(context);
        self.consider(context);
        let gap = if self.feed.held().is_some() { context.config.timing.gap } else { Duration::ZERO };
        let missing = self.feed.missing_since().is_some_and(|since| now >= since + gap);
        if missing && self.fetching.is_none() && now >= self.next_fetch {
            if self.feed.held().is_some() {
                context.notice(Notice::Gap(self.room));
            }
            let request = Request::Fetch { room: self.room, epoch: self.record.epoch, held: self.feed.held() };
            let wait = context.config.timing.fetch;
            let owner = self.record.owner.node;
            self.fetching = Some(context.ask(owner, &request, Purpose::Fetch(self.room), wait));
        }
        Next::Stay
    }

    pub(crate) fn deadline(&self, context: &Context) -> Option<Duration> {
        let timing = &context.config.timing;
        let links = self.links.deadline();
        if let Some(spare) = &self.spare {
            return [Some(spare.deadline()), self.claim.deadline(), links].into_iter().flatten().min();
        }
        let ask = self.suspicion.deadline(self.silence(context));
        let stale = self.suspicion.convinced_since().map(|since| since + timing.stale);
        let fetch = self.feed.missing_since().filter(|_| self.fetching.is_none());
        let fetch = fetch.map(|since| (since + timing.gap).max(self.next_fetch));
        [ask, stale, fetch, links, self.claim.deadline()].into_iter().flatten().min()
    }

    /// The copy becomes the room.
    pub(crate) fn into_owner(self, hides_gap: bool) -> Won {
        let lags = self.feed.lag().is_none_or(|lag| lag > CLAIM_LAG_TICKS) && !hides_gap;
        Won {
            tick: self.feed.held().or(self.fallback),
            stale: self.spare.is_some() || lags,
            sure_at: self.claimed_at,
            silent: self.silent,
            record: self.record,
            links: self.links.into_hellos(),
        }
    }

    /// The copy is dropped; the players who wait hear why.
    pub(crate) fn dropped(mut self, context: &mut Context, refusal: Refusal) {
        self.links.refuse(context, refusal);
        context.act(Action::Discard(self.room));
    }

    fn silence(&self, context: &Context) -> Duration {
        context.config.timing.silence.max(Duration::from_micros(u64::from(self.record.spec.tick_us) * 3))
    }

    fn owner_heard(&mut self, context: &Context) {
        self.suspicion.heard(context.now);
        self.player_came = false;
    }

    /// Asks the owner whether it lives, if it is time.
    fn suspect(&mut self, context: &mut Context) {
        let silence = self.silence(context);
        if !self.suspicion.wants_to_ask(silence, self.player_came && self.sealed.is_none(), context.now) {
            return;
        }
        self.player_came = false;
        context.notice(Notice::Suspected(self.room));
        let request = Request::Alive { room: self.room, epoch: self.record.epoch };
        let wait = context.config.timing.direct;
        let request = context.ask(self.record.owner.node, &request, Purpose::Alive(self.room), wait);
        self.suspicion.asking(request);
    }

    /// Claims, if the owner is dead and the copy is good enough.
    fn consider(&mut self, context: &mut Context) {
        let Some(since) = self.suspicion.convinced_since() else { return };
        if !self.claim.is_idle() || self.spare.is_some() {
            return;
        }
        let current = self.feed.lag().is_some_and(|lag| lag <= CLAIM_LAG_TICKS);
        let has_copy = self.feed.held().or(self.fallback).is_some();
        let waited = context.now >= since + context.config.timing.stale;
        if current || has_copy && (waited || context.config.claims_behind_gap()) {
            self.write_claim(context);
        }
    }

    fn forget_seal(&mut self) {
        self.unsealed = self.sealed.take().max(self.unsealed);
    }

    fn check_seal(&mut self, context: &mut Context) {
        if self.sealed.is_some_and(|last| self.feed.held().is_some_and(|held| held >= last)) {
            self.suspicion.convince(context.now);
            self.consider(context);
        }
    }

    fn write_claim(&mut self, context: &mut Context) {
        self.claimed_at = context.now;
        self.silent = Some(self.record.owner).filter(|_| self.sealed.is_none());
        let record = self.claimed(context);
        let key = Key::Room(self.room);
        if context.config.claims_without_compare() {
            let request = context.write(key.clone(), None, Some(&record), None, Purpose::Record(self.room));
            self.claim = Cas::Writing(request, key);
        } else {
            self.claim.write(context, key, self.revision, Some(&record), None, Purpose::Record(self.room));
        }
    }

    /// The record after a claim.
    fn claimed(&self, context: &Context) -> RoomRecord {
        RoomRecord {
            state: RoomState::Open,
            owner: context.me(),
            standby: None,
            epoch: self.record.epoch.next(),
            spec: self.record.spec.clone(),
        }
    }

    fn play(&mut self, context: &mut Context, ticks: Vec<Entry>) {
        for entry in ticks {
            context.act(Action::Play(self.room, entry));
        }
        self.check_seal(context);
    }

    /// In a move the old owner waits for the players' links here.
    fn report_links(&self, context: &mut Context) {
        let links = self.links.count();
        let message = Message::Waiting { room: self.room, epoch: self.record.epoch, links };
        context.publish(Some(self.record.owner.node), &message);
    }
}

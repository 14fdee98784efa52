//! The seats of a room, at its owner: who has one, who has a reservation, and the record that joins at all nodes compete for.
//!
//! A join at any node adds its ticket to the record by compare-and-set, so of two joins that race for the last seat one is written and
//! the other one reads that the room is full. The owner then admits a ticket once, and writes what it knows: seats taken, and
//! the reservations that are left.
//!
//! ```text
//! event                                    what follows
//! ticket, has a seat already               admitted into it: the ticket was doubled, or the answer to it lost
//! ticket, reserved, a seat is free         seated, admitted; the record is written
//! ticket, reserved, no seat is free        refused "full": only after a claim, when a player who had left is back in the world
//! ticket, not in the record as known       read the record, once
//! ticket, not in the record as read        refused "no ticket"
//! return, has a seat                       admitted
//! return, has none                         refused "no session"
//! session ends                             the record is written
//! reservation of 10 s                      removed; the record is written
//! write conflicts                          merge: reservations that others added are kept
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use crate::{
    action::{Action, Refusal},
    cas::{Cas, Seen},
    context::{Context, Purpose},
    event::Outcome,
    id::{LinkId, RequestId, RoomId, SessionId},
    limits::RESERVATIONS_MAX,
    record::{Key, Revision, SeatsRecord},
};

/// The seats of one room.
#[derive(Debug)]
pub(crate) struct SeatBook {
    room: RoomId,
    seats: u16,
    seated: BTreeSet<SessionId>,
    /// Tickets of the record, with the time when this node saw them first.
    reserved: BTreeMap<SessionId, Duration>,
    /// Tickets that were used or have passed, and that the record still names.
    spent: BTreeSet<SessionId>,
    revision: Revision,
    /// True if the record does not say what this node knows.
    dirty: bool,
    /// The value of the write that is under way.
    writing: Option<SeatsRecord>,
    cas: Cas,
    next_write: Duration,
    next_read: Duration,
    /// Links whose ticket is being looked up.
    lookups: Vec<(LinkId, SessionId)>,
}

impl SeatBook {
    /// The seats of a room with these players.
    pub(crate) fn new(room: RoomId, seats: u16, sessions: impl IntoIterator<Item = SessionId>) -> Self {
        Self {
            room,
            seats,
            seated: sessions.into_iter().collect(),
            reserved: BTreeMap::new(),
            spent: BTreeSet::new(),
            revision: 0,
            dirty: true,
            writing: None,
            cas: Cas::Idle,
            next_write: Duration::ZERO,
            next_read: Duration::ZERO,
            lookups: Vec::new(),
        }
    }

    /// Players with a seat.
    pub(crate) fn seated(&self) -> usize {
        self.seated.len()
    }

    /// Seats without a player or a reservation, as far as this node knows.
    pub(crate) fn free(&self) -> u16 {
        self.seats.saturating_sub(count(self.seated.len() + self.reserved.len()))
    }

    /// A link asks for a seat.
    pub(crate) fn hello(&mut self, context: &mut Context, link: LinkId, session: SessionId, returns: bool) {
        if self.seated.contains(&session) && !context.config.double_admit() {
            context.act(Action::Admit { link, room: self.room, session, joins: false });
        } else if returns {
            context.act(Action::Refuse(link, Refusal::NoSession));
        } else if self.reserved.contains_key(&session) || context.config.double_admit() {
            self.seat(context, link, session);
        } else if self.lookups.len() < RESERVATIONS_MAX && !self.spent.contains(&session) {
            self.lookups.push((link, session));
            self.next_read = context.now;
            self.poll(context);
        } else {
            context.act(Action::Refuse(link, Refusal::NoTicket));
        }
    }

    /// Reserves a seat while the store is away: true if one is free as far as this node knows.
    pub(crate) fn reserve_here(&mut self, session: SessionId, now: Duration) -> bool {
        let free = self.free() > 0;
        if free {
            self.reserved.insert(session, now);
            self.dirty = true;
        }
        free
    }

    /// A session has ended.
    pub(crate) fn left(&mut self, context: &mut Context, session: SessionId) {
        self.dirty |= self.seated.remove(&session);
        self.poll(context);
    }

    /// A link that waited is gone.
    pub(crate) fn link_gone(&mut self, link: LinkId) {
        self.lookups.retain(|&(waiting, _)| waiting != link);
    }

    /// The owner owns the room no more; what still waits goes to the new one.
    pub(crate) fn take_lookups(&mut self) -> Vec<(LinkId, SessionId)> {
        std::mem::take(&mut self.lookups)
    }

    /// The record is gone with the room's; both are written again.
    pub(crate) fn forget_record(&mut self) {
        self.cas.stop();
        self.writing = None;
        self.revision = 0;
        self.dirty = true;
    }

    pub(crate) fn answer(&mut self, context: &mut Context, request: RequestId, outcome: Outcome) {
        match self.cas.answer(context, request, outcome, Purpose::Seats(self.room)) {
            Some(Seen::Written(revision)) => {
                if let Some(record) = self.writing.take() {
                    self.adopt(context, revision, &record);
                }
            }
            Some(Seen::Now(revision, value)) => {
                self.writing = None;
                let found = value.and_then(|bytes| context.record(&bytes));
                let record = found.unwrap_or(SeatsRecord { seats: self.seats, taken: 0, reserved: Vec::new() });
                self.adopt(context, revision, &record);
                self.next_read = context.now + context.config.timing.seats_read;
                for (link, session) in std::mem::take(&mut self.lookups) {
                    if self.seated.contains(&session) {
                        context.act(Action::Admit { link, room: self.room, session, joins: false });
                    } else if self.reserved.contains_key(&session) {
                        self.seat(context, link, session);
                    } else {
                        context.act(Action::Refuse(link, Refusal::NoTicket));
                    }
                }
            }
            None => {}
        }
        self.poll(context);
    }

    /// Writes and reads what is due.
    pub(crate) fn poll(&mut self, context: &mut Context) {
        let now = context.now;
        self.cas.poll(context, Purpose::Seats(self.room));
        let passed = |&since: &Duration| now >= since + context.config.timing.reservation;
        for (session, _) in self.reserved.extract_if(.., |_, since| passed(since)) {
            self.spent.insert(session);
            self.dirty = true;
        }
        if !context.connected || !self.cas.is_idle() {
            return;
        }
        if now >= self.next_read && (self.revision > 0 || !self.lookups.is_empty()) {
            self.next_read = now + context.config.timing.seats_read;
            self.cas.look(context, Key::Seats(self.room), Purpose::Seats(self.room));
        } else if self.dirty && now >= self.next_write {
            self.next_write = now + context.config.timing.seats;
            let record = SeatsRecord {
                seats: self.seats,
                taken: count(self.seated.len()),
                reserved: self.reserved.keys().copied().collect(),
            };
            let key = Key::Seats(self.room);
            self.cas.write(context, key, self.revision, Some(&record), None, Purpose::Seats(self.room));
            self.writing = Some(record);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        let write = (self.dirty && self.cas.is_idle()).then_some(self.next_write);
        let read = (self.revision > 0 && self.cas.is_idle()).then_some(self.next_read);
        [write, read, self.cas.deadline()].into_iter().flatten().min()
    }

    /// The record is now this.
    fn adopt(&mut self, context: &mut Context, revision: Revision, record: &SeatsRecord) {
        self.revision = revision;
        self.spent.retain(|session| record.reserved.contains(session));
        let kept = std::mem::take(&mut self.reserved);
        for &session in &record.reserved {
            if !self.spent.contains(&session) && !self.seated.contains(&session) {
                self.reserved.insert(session, kept.get(&session).copied().unwrap_or(context.now));
            }
        }
        self.dirty = record.seats != self.seats
            || usize::from(record.taken) != self.seated.len()
            || record.reserved.len() != self.reserved.len();
    }

    fn seat(&mut self, context: &mut Context, link: LinkId, session: SessionId) {
        if self.seated.len() >= usize::from(self.seats) && !context.config.double_admit() {
            context.act(Action::Refuse(link, Refusal::Full));
            return;
        }
        self.reserved.remove(&session);
        self.spent.insert(session);
        self.seated.insert(session);
        self.dirty = true;
        context.act(Action::Admit { link, room: self.room, session, joins: true });
        self.poll(context);
    }
}

fn count(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

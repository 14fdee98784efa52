//! Joins: a seat for a player, in a room of any node.
//!
//! ```text
//! state     event                                     next      what follows
//! Code      code found                                Seat      read the room's seats
//! Code      none                                      (ended)   "no room"
//! Seat      seats read, one is free                   Seat      write them with the ticket, by compare-and-set
//! Seat      written, or the ticket is in them         (ended)   "seat"
//! Seat      conflict: another join was first          Seat      read again
//! Seat      none is free                              Seat      the next room that fits; without one: "no seat"
//! any       3 s, or 12 attempts                       (ended)   "busy"
//! ```
//! Rooms with the fewest free seats come first, so that rooms fill up. A ticket whose join ended as "busy" may be in a record all
//! the same; the owner removes it when its time has passed.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    action::{Action, Joined},
    cas::{Cas, Seen},
    context::{Context, Purpose},
    event::{Outcome, Want},
    id::{RequestId, RoomId, SessionId},
    limits::{JOIN_ATTEMPTS_MAX, JOINS_MAX, RESERVATIONS_MAX},
    placement,
    record::{CodeRecord, Key, RoomRecord, SeatsRecord},
};

/// Joins under way.
#[derive(Debug, Default)]
pub(crate) struct Joins {
    joins: BTreeMap<SessionId, Join>,
}

#[derive(Debug)]
struct Join {
    want: Want,
    /// The room that is tried.
    room: Option<RoomId>,
    tried: Vec<RoomId>,
    attempts: u32,
    until: Duration,
    cas: Cas,
}

impl Joins {
    pub(crate) fn begin(&mut self, context: &mut Context, session: SessionId, want: Want) {
        if self.joins.len() >= JOINS_MAX || self.joins.contains_key(&session) {
            context.act(Action::Joined(session, Joined::Busy));
            return;
        }
        let until = context.now + context.config.timing.join;
        let mut join = Join { want, room: None, tried: Vec::new(), attempts: 0, until, cas: Cas::Idle };
        let ended = if let Want::Code(code) = &join.want {
            join.cas.look(context, Key::Code(code.clone()), Purpose::Join(session));
            None
        } else {
            join.next_room(context, session)
        };
        self.keep(context, session, join, ended);
    }

    pub(crate) fn answer(&mut self, context: &mut Context, session: SessionId, request: RequestId, outcome: Outcome) {
        let Some(mut join) = self.joins.remove(&session) else { return };
        let ended = match join.cas.answer(context, request, outcome, Purpose::Join(session)) {
            None => None,
            Some(seen) => match join.room {
                Some(room) => join.seats(context, session, room, seen),
                None => join.code(context, session, seen),
            },
        };
        self.keep(context, session, join, ended);
    }

    /// Ends the joins whose time has passed.
    pub(crate) fn poll(&mut self, context: &mut Context) {
        let now = context.now;
        for (session, _) in self.joins.extract_if(.., |_, join| join.until <= now) {
            context.act(Action::Joined(session, Joined::Busy));
        }
        for (&session, join) in &mut self.joins {
            join.cas.poll(context, Purpose::Join(session));
        }
    }

    pub(crate) fn deadline(&self) -> Option<Duration> {
        self.joins.values().flat_map(|join| [Some(join.until), join.cas.deadline()]).flatten().min()
    }

    fn keep(&mut self, context: &mut Context, session: SessionId, join: Join, ended: Option<Joined>) {
        match ended {
            Some(joined) => context.act(Action::Joined(session, joined)),
            None => drop(self.joins.insert(session, join)),
        }
    }
}

impl Join {
    /// Tries the next room that fits.
    fn next_room(&mut self, context: &mut Context, session: SessionId) -> Option<Joined> {
        let room = match &self.want {
            Want::Room(room) => Some(*room).filter(|room| !self.tried.contains(room)),
            Want::Game { game, version, mode } => self.best(context, game, *version, mode),
            Want::Code(_) => None,
        };
        match (room, &self.want) {
            (Some(room), _) => self.try_room(context, session, room),
            (None, Want::Game { game, version, .. }) => {
                Some(Joined::NoSeat(placement::opener(&context.members, game, *version)))
            }
            (None, _) => Some(Joined::NoSeat(None)),
        }
    }

    /// The room with the fewest free seats, as its owner announced them.
    fn best(&self, context: &Context, game: &str, version: u16, mode: &str) -> Option<RoomId> {
        let fits = |room: RoomId| {
            context.directory.get(room).is_some_and(|listed| {
                let RoomRecord { owner, spec, .. } = &listed.record;
                spec.code.is_none()
                    && spec.game.name == game
                    && spec.game.version == version
                    && (mode.is_empty() || spec.mode == mode)
                    && context.members.is_alive(*owner)
            })
        };
        let hints = context.members.iter().flat_map(|(_, member)| &member.load.open);
        hints
            .filter(|hint| hint.free > 0 && !self.tried.contains(&hint.room) && fits(hint.room))
            .min_by_key(|hint| (hint.free, hint.room))
            .map(|hint| hint.room)
    }

    fn try_room(&mut self, context: &mut Context, session: SessionId, room: RoomId) -> Option<Joined> {
        if context.directory.get(room).is_none() {
            return Some(Joined::NoRoom);
        }
        self.room = Some(room);
        self.tried.push(room);
        self.cas.look(context, Key::Seats(room), Purpose::Join(session));
        self.attempt()
    }

    fn attempt(&mut self) -> Option<Joined> {
        self.attempts += 1;
        (self.attempts > JOIN_ATTEMPTS_MAX).then_some(Joined::Busy)
    }

    fn code(&mut self, context: &mut Context, session: SessionId, seen: Seen) -> Option<Joined> {
        let Seen::Now(_, Some(value)) = seen else { return Some(Joined::NoRoom) };
        match context.record::<CodeRecord>(&value) {
            Some(record) => self.try_room(context, session, record.room),
            None => Some(Joined::NoRoom),
        }
    }

    fn seats(&mut self, context: &mut Context, session: SessionId, room: RoomId, seen: Seen) -> Option<Joined> {
        match seen {
            Seen::Written(_) => Self::seat(context, room),
            Seen::Now(_, None) => self.next_room(context, session),
            Seen::Now(revision, Some(value)) => {
                let record = context.record::<SeatsRecord>(&value);
                let Some(mut record) = record else { return self.next_room(context, session) };
                if record.reserved.contains(&session) {
                    return Self::seat(context, room);
                }
                if record.free() == 0 || record.reserved.len() >= RESERVATIONS_MAX {
                    return self.next_room(context, session);
                }
                record.reserved.push(session);
                let purpose = Purpose::Join(session);
                self.cas.write(context, Key::Seats(room), revision, Some(&record), None, purpose);
                self.attempt()
            }
        }
    }

    fn seat(context: &Context, room: RoomId) -> Option<Joined> {
        Some(match context.directory.get(room) {
            Some(listed) => Joined::Seat {
                room,
                owner: listed.record.owner,
                standby: listed.record.standby.map(|standby| standby.node),
                epoch: listed.record.epoch,
            },
            None => Joined::NoRoom,
        })
    }
}

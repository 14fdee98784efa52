//! The sessions of a shard: who may come back to which seat, and with what.
//!
//! ```text
//! state   event                                      next    what follows
//! -       join                                       Linked  the first token is told
//! -       restore, after a restart of the server     Held    awaited from now on
//! Linked  link lost, silent, blocked or closed       Held    body stays, awaited for `resume`; gone if that is nothing
//! Linked  leave, removal, breach of the protocol     gone    seat is free
//! Linked  resume                                     Linked  the old link is told so, the next token is told
//! Held    resume                                     Linked  the next token is told
//! Held    removal, room closes                       gone    seat is free
//! Held    `resume` has passed                        gone    seat is free
//! ```
//!
//! A token is good once. That of the last resume stays good until the first input over the new link: until then nobody
//! knows whether the answer with the next token arrived. So of two links that come with one token the last has the seat,
//! and once one of them plays nobody else gets in.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{HeldSession, SessionId};
use crate::{
    session::{Allowances, Seat},
    steps,
};

/// All sessions of one shard. Times are since its start.
#[derive(Debug)]
pub(crate) struct Register {
    /// How long a player without a link is awaited; zero for not at all.
    resume: Duration,
    entries: BTreeMap<SessionId, Entry>,
    /// Those who are awaited, by when that ends.
    due: BTreeSet<(Duration, SessionId)>,
    /// All of them by the index of their room.
    of_rooms: BTreeSet<(usize, SessionId)>,
}

/// One session.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    seat: Seat,
    state: State,
    tokens: Tokens,
    /// What was left to its player on the link before.
    allowances: Option<Allowances>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Over the link with this key.
    Linked(usize),
    /// Awaited until then.
    Held { until: Duration },
}

/// Which tokens of a session are good.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Tokens {
    newest: u32,
    /// The one that brought the present link, as long as that has sent no input.
    answered: Option<u32>,
    /// Later ones may have been given out before the server ended.
    restored: bool,
}

/// A session that goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Resumed {
    /// Where.
    pub(crate) seat: Seat,
    /// The link it was on until now, if the server took that for alive.
    pub(crate) before: Option<usize>,
    /// Of the token to be told.
    pub(crate) generation: u32,
}

/// Why a session does not go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ResumeError {
    /// There is none.
    #[error("the session is over; join anew")]
    Over,
    /// It went on with a later token.
    #[error("the token was used; only the newest is good")]
    Used,
}

impl ResumeError {
    /// One word for metrics.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Used => "used",
        }
    }
}

/// Of the token that the welcome of a join brings.
pub(crate) const FIRST_GENERATION: u32 = 1;

impl Register {
    pub(crate) fn new(resume: Duration) -> Self {
        Self { resume, entries: BTreeMap::new(), due: BTreeSet::new(), of_rooms: BTreeSet::new() }
    }

    /// How long players are awaited.
    pub(crate) fn resume(&self) -> Duration {
        self.resume
    }

    /// From now on players are awaited for so long; those who are awaited already, as long as they were told.
    pub(crate) fn set_resume(&mut self, resume: Duration) {
        self.resume = resume;
    }

    /// A session begins. Its first token is of [`FIRST_GENERATION`].
    pub(crate) fn join(&mut self, seat: Seat, link: usize) {
        let tokens = Tokens { newest: FIRST_GENERATION, answered: None, restored: false };
        let before = self.insert(Entry { seat, state: State::Linked(link), tokens, allowances: None });
        debug_assert!(before.is_none(), "a ticket works once");
    }

    /// A session of the server that ran before awaits its player.
    pub(crate) fn restore(&mut self, room: usize, held: HeldSession, now: Duration) {
        let HeldSession { session, member, generation, account: _ } = held;
        let seat = Seat { room, member, session };
        let tokens = Tokens { newest: generation, answered: None, restored: true };
        let state = State::Held { until: now + self.resume };
        self.insert(Entry { seat, state, tokens, allowances: None });
    }

    /// A token is shown on `link`.
    ///
    /// # Errors
    /// When the session is not here, or the token is none of the good ones.
    pub(crate) fn resume_on(
        &mut self,
        session: SessionId,
        generation: u32,
        link: usize,
    ) -> Result<Resumed, ResumeError> {
        let entry = self.entries.get_mut(&session).ok_or(ResumeError::Over)?;
        let generation = entry.tokens.redeem(generation).ok_or(ResumeError::Used)?;
        let before = match std::mem::replace(&mut entry.state, State::Linked(link)) {
            State::Linked(before) => Some(before),
            State::Held { until } => {
                self.due.remove(&(until, session));
                None
            }
        };
        Ok(Resumed { seat: entry.seat, before, generation })
    }

    /// An input came over the link of a session, so its player has the newest token.
    pub(crate) fn handle_input(&mut self, session: SessionId) {
        if let Some(entry) = self.entries.get_mut(&session) {
            entry.tokens.answered = None;
        }
    }

    /// A link leaves its session, whose player may say so much more.
    pub(crate) fn keep_allowances(&mut self, session: SessionId, allowances: Allowances) {
        if let Some(entry) = self.entries.get_mut(&session) {
            entry.allowances = Some(allowances);
        }
    }

    /// What was left to a session's player on the link before.
    pub(crate) fn allowances(&self, session: SessionId) -> Option<Allowances> {
        self.entries.get(&session)?.allowances
    }

    /// The link of a session is gone. True if its player is awaited; false if it ends, as the others.
    pub(crate) fn hold(&mut self, session: SessionId, now: Duration) -> bool {
        if self.resume.is_zero() {
            self.remove(session);
            return false;
        }
        let Some(entry) = self.entries.get_mut(&session) else { return false };
        let until = now + self.resume;
        if let State::Held { until } = std::mem::replace(&mut entry.state, State::Held { until }) {
            self.due.remove(&(until, session));
        }
        self.due.insert((until, session));
        true
    }

    /// A session ends. True if it was there.
    pub(crate) fn end(&mut self, session: SessionId) -> bool {
        self.remove(session).is_some()
    }

    /// Where a session plays, and over which link, if it has one.
    pub(crate) fn find(&self, session: SessionId) -> Option<(Seat, Option<usize>)> {
        self.entries.get(&session).map(Entry::place)
    }

    /// Ends a session whose resume time-out has passed.
    pub(crate) fn poll_expired(&mut self, now: Duration) -> Option<Seat> {
        steps::count();
        let &(until, session) = self.due.first()?;
        if until > now {
            return None;
        }
        self.remove(session).map(|entry| entry.seat)
    }

    /// Ends a session of a room that closes.
    pub(crate) fn poll_of_room(&mut self, room: usize) -> Option<(Seat, Option<usize>)> {
        steps::count();
        let &(_, session) = self.of_rooms.range((room, SessionId(0))..=(room, SessionId(u64::MAX))).next()?;
        self.remove(session).map(|entry| entry.place())
    }

    /// Players who are awaited.
    pub(crate) fn held(&self) -> usize {
        self.due.len()
    }

    /// Seats of those who are awaited, in the order of their time-outs.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = Seat> {
        let awaited = self.due.iter().filter_map(|(_, session)| self.entries.get(session));
        awaited.map(|entry| entry.seat).inspect(|_| steps::count())
    }

    fn insert(&mut self, entry: Entry) -> Option<Entry> {
        let Seat { room, session, .. } = entry.seat;
        let before = self.remove(session);
        if let State::Held { until } = entry.state {
            self.due.insert((until, session));
        }
        self.of_rooms.insert((room, session));
        self.entries.insert(session, entry);
        before
    }

    fn remove(&mut self, session: SessionId) -> Option<Entry> {
        let entry = self.entries.remove(&session)?;
        if let State::Held { until } = entry.state {
            self.due.remove(&(until, session));
        }
        self.of_rooms.remove(&(entry.seat.room, session));
        Some(entry)
    }
}

impl Entry {
    fn place(&self) -> (Seat, Option<usize>) {
        match self.state {
            State::Linked(link) => (self.seat, Some(link)),
            State::Held { .. } => (self.seat, None),
        }
    }
}

impl Tokens {
    /// The generation of the next token, if one of this generation is good.
    fn redeem(&mut self, generation: u32) -> Option<u32> {
        let is_good =
            generation == self.newest || self.answered == Some(generation) || self.restored && generation > self.newest;
        if !is_good {
            return None;
        }
        let newest = self.newest.max(generation).checked_add(1)?;
        *self = Self { newest, answered: Some(generation), restored: false };
        Some(newest)
    }
}

#[cfg(test)]
mod tests {
    use shared::{MemberId, PlayerId};

    use super::*;

    const ANN: SessionId = SessionId(1);
    const PLAYER: MemberId = MemberId::Player(PlayerId(5));
    const SEAT: Seat = Seat { room: 3, member: PLAYER, session: ANN };

    fn at(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    /// Ann plays over link 10.
    fn register() -> Register {
        let mut register = Register::new(at(30));
        register.join(SEAT, 10);
        register
    }

    fn resumed(before: Option<usize>, generation: u32) -> Result<Resumed, ResumeError> {
        Ok(Resumed { seat: SEAT, before, generation })
    }

    #[test]
    fn lost_link_is_followed_by_another_with_the_same_seat() {
        let mut register = register();
        assert!(register.hold(ANN, at(100)));
        assert_eq!(register.held(), 1);
        assert_eq!(register.resume_on(ANN, 1, 11), resumed(None, 2));
        assert_eq!((register.held(), register.find(ANN)), (0, Some((SEAT, Some(11)))));
    }

    #[test]
    fn link_that_seems_alive_gives_way() {
        assert_eq!(register().resume_on(ANN, 1, 11), resumed(Some(10), 2));
    }

    #[test]
    fn used_token_is_refused_once_its_successor_is_known_to_have_arrived() {
        let mut register = register();
        register.resume_on(ANN, 1, 11).unwrap();
        register.handle_input(ANN);
        register.hold(ANN, at(100));
        assert_eq!(register.resume_on(ANN, 1, 12), Err(ResumeError::Used));
        assert_eq!(register.held(), 1, "and changes nothing");
        assert_eq!(register.resume_on(ANN, 2, 12), resumed(None, 3));
    }

    #[test]
    fn answer_that_is_lost_does_not_lose_the_session() {
        let mut register = register();
        assert_eq!(register.resume_on(ANN, 1, 11), resumed(Some(10), 2));
        register.hold(ANN, at(100));
        assert_eq!(register.resume_on(ANN, 1, 12), resumed(None, 3));
        register.handle_input(ANN);
        assert_eq!(register.resume_on(ANN, 2, 13), Err(ResumeError::Used), "the one that was lost");
        assert_eq!(register.resume_on(ANN, 3, 13), resumed(Some(12), 4));
    }

    #[test]
    fn last_of_two_that_race_has_the_seat_and_the_other_cannot_take_it_back() {
        let mut register = register();
        assert_eq!(register.resume_on(ANN, 1, 11), resumed(Some(10), 2));
        assert_eq!(register.resume_on(ANN, 1, 12), resumed(Some(11), 3));
        assert_eq!(register.resume_on(ANN, 2, 11), Err(ResumeError::Used), "the loser's");
        register.handle_input(ANN);
        assert_eq!(register.resume_on(ANN, 1, 13), Err(ResumeError::Used), "the racers'");
        assert_eq!(register.find(ANN), Some((SEAT, Some(12))));
    }

    #[test]
    fn player_is_awaited_for_so_long_and_no_longer() {
        let mut register = register();
        assert_eq!(register.poll_expired(at(1_000)), None, "who has a link is not awaited");
        register.hold(ANN, at(1_000));
        assert_eq!(register.poll_expired(at(1_030) - Duration::from_nanos(1)), None);
        assert_eq!(register.poll_expired(at(1_030)), Some(SEAT));
        assert_eq!(register.poll_expired(at(1_030)), None);
        assert_eq!(register.resume_on(ANN, 1, 11), Err(ResumeError::Over));
    }

    #[test]
    fn nobody_is_awaited_where_that_is_off() {
        let mut register = register();
        register.set_resume(Duration::ZERO);
        assert!(!register.hold(ANN, at(1)));
        assert_eq!(register.resume_on(ANN, 1, 11), Err(ResumeError::Over));
    }

    #[test]
    fn session_that_ended_does_not_come_back() {
        let mut register = register();
        assert!(register.end(ANN));
        assert!(!register.end(ANN));
        assert_eq!(register.resume_on(ANN, 1, 11), Err(ResumeError::Over));
    }

    #[test]
    fn restored_session_takes_its_recorded_token_or_a_later_one_once() {
        for shown in [4, 5, 9] {
            let mut register = Register::new(at(30));
            register.restore(3, HeldSession { session: ANN, member: PLAYER, generation: 4, account: None }, at(0));
            assert_eq!(register.resume_on(ANN, 3, 11), Err(ResumeError::Used));
            assert_eq!(register.resume_on(ANN, shown, 11), resumed(None, shown + 1));
            register.handle_input(ANN);
            assert_eq!(register.resume_on(ANN, shown + 2, 12), Err(ResumeError::Used), "none of that was given out");
        }
    }

    #[test]
    fn restored_session_is_awaited_from_the_start() {
        let mut register = Register::new(at(30));
        register.restore(3, HeldSession { session: ANN, member: PLAYER, generation: 1, account: None }, at(2));
        assert_eq!(register.poll_expired(at(31)), None);
        assert_eq!(register.poll_expired(at(32)), Some(SEAT));
    }

    #[test]
    fn closing_room_ends_its_sessions_and_no_others() {
        let mut register = register();
        let other = Seat { room: 4, session: SessionId(2), ..SEAT };
        register.join(other, 20);
        register.hold(ANN, at(1));
        assert_eq!(register.poll_of_room(3), Some((SEAT, None)));
        assert_eq!(register.poll_of_room(3), None);
        assert_eq!(register.poll_of_room(4), Some((other, Some(20))));
    }

    #[test]
    fn generations_do_not_wrap() {
        let mut register = Register::new(at(30));
        register.restore(3, HeldSession { session: ANN, member: PLAYER, generation: u32::MAX, account: None }, at(0));
        assert_eq!(register.resume_on(ANN, u32::MAX, 11), Err(ResumeError::Used));
    }
}

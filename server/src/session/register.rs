//! The sessions of a shard: which seat each has, and which tokens resume it.
//!
//! ```text
//! state   event                                      next    effect
//! -       join                                       Linked  the first token is sent
//! -       restore, after a restart of the server     Held    the resume time-out starts
//! Linked  link lost, silent, blocked or closed       Held    the entity stays, the time-out starts; gone if it is zero
//! Linked  leave, removal, breach of the protocol     gone    the seat is free
//! Linked  resume                                     Linked  the old link gets a goodbye, the new one the next token
//! Held    resume                                     Linked  the next token is sent
//! Held    removal, room closes                       gone    the seat is free
//! Held    the resume time-out has passed             gone    the seat is free
//!
//! A token works once, with an exception: the token of the last resume stays valid until the first input over the new link,
//! because only that input proves that the next token has arrived. So of two links that come with the same token, the last one has
//! the seat; and once one of them sends input, the token is used up.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{Allowances, Seat};
use super::{HeldSession, SessionId};
use crate::base::steps;

/// All sessions of one shard. Times are since its start.
#[derive(Debug)]
pub(crate) struct Register {
    /// Time-out of held sessions; zero: a lost link ends the session.
    resume: Duration,
    entries: BTreeMap<SessionId, Entry>,
    /// Held sessions by the end of their time-out.
    due: BTreeSet<(Duration, SessionId)>,
    /// All sessions by the index of their room.
    of_rooms: BTreeSet<(usize, SessionId)>,
}

/// One session.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Entry {
    seat: Seat,
    state: State,
    tokens: Tokens,
    /// Rate limits left over from the previous link.
    allowances: Option<Allowances>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// The key of its link.
    Linked(usize),
    /// Held until this time.
    Held { until: Duration },
}

/// The valid tokens of a session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Tokens {
    newest: u32,
    /// The token that resumed on the current link, until that link sends input.
    answered: Option<u32>,
    /// Tokens later than `newest` may have been sent before the server ended.
    restored: bool,
}

/// The result of a resume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Resumed {
    /// The seat of the session.
    pub(crate) seat: Seat,
    /// The previous link, if the server still took it for alive.
    pub(crate) before: Option<usize>,
    /// Generation of the token to send.
    pub(crate) generation: u32,
}

/// Reasons why a session is not resumed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum ResumeError {
    /// The session is not on this shard; most often it has ended.
    #[error("the session is over; join again")]
    Over,
    /// The session was resumed with a later token.
    #[error("the token was used; only the newest one is valid")]
    Used,
}

impl ResumeError {
    /// The value of the metrics' label.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Used => "used",
        }
    }
}

/// Generation of the token in the welcome after a join.
pub(crate) const FIRST_GENERATION: u32 = 1;

impl Register {
    pub(crate) fn new(resume: Duration) -> Self {
        Self { resume, entries: BTreeMap::new(), due: BTreeSet::new(), of_rooms: BTreeSet::new() }
    }

    /// The resume time-out.
    pub(crate) fn resume(&self) -> Duration {
        self.resume
    }

    /// Changes the time-out for sessions held from now on; those that are held already keep theirs.
    pub(crate) fn set_resume(&mut self, resume: Duration) {
        self.resume = resume;
    }

    /// Starts a session. Its first token has [`FIRST_GENERATION`].
    pub(crate) fn join(&mut self, seat: Seat, link: usize) {
        let tokens = Tokens { newest: FIRST_GENERATION, answered: None, restored: false };
        let before = self.insert(Entry { seat, state: State::Linked(link), tokens, allowances: None });
        debug_assert!(before.is_none(), "a ticket works once");
    }

    /// Adds a held session of the server's previous run.
    pub(crate) fn restore(&mut self, room: usize, held: HeldSession, now: Duration) {
        let HeldSession { session, member, generation, account: _ } = held;
        let seat = Seat { room, member, session };
        let tokens = Tokens { newest: generation, answered: None, restored: true };
        let state = State::Held { until: now + self.resume };
        self.insert(Entry { seat, state, tokens, allowances: None });
    }

    /// Resumes a session on `link`.
    ///
    /// # Errors
    /// When the session is not here, or the token is not valid.
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

    /// Notes an input over a session's link: it proves that the player has the newest token.
    pub(crate) fn handle_input(&mut self, session: SessionId) {
        if let Some(entry) = self.entries.get_mut(&session) {
            entry.tokens.answered = None;
        }
    }

    /// Stores the rate limits of a link that leaves its session.
    pub(crate) fn keep_allowances(&mut self, session: SessionId, allowances: Allowances) {
        if let Some(entry) = self.entries.get_mut(&session) {
            entry.allowances = Some(allowances);
        }
    }

    /// The rate limits left over from the session's previous link.
    pub(crate) fn allowances(&self, session: SessionId) -> Option<Allowances> {
        self.entries.get(&session)?.allowances
    }

    /// A session has lost its link. True if it is held now; false if it has ended.
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

    /// Ends a session. True if it existed.
    pub(crate) fn end(&mut self, session: SessionId) -> bool {
        self.remove(session).is_some()
    }

    /// The seat of a session, and its link, if it has one.
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

    /// Ends a session of a room that closes. Call it until `None`.
    pub(crate) fn poll_of_room(&mut self, room: usize) -> Option<(Seat, Option<usize>)> {
        steps::count();
        let &(_, session) = self.of_rooms.range((room, SessionId(0))..=(room, SessionId(u64::MAX))).next()?;
        self.remove(session).map(|entry| entry.place())
    }

    /// Number of held sessions.
    pub(crate) fn held(&self) -> usize {
        self.due.len()
    }

    /// Seats of held sessions, in the order of their time-outs.
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
    /// Uses a token of this generation if it is valid; returns the generation of the next one.
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

//! What a server does between "please end" and its end: players are told, matches may be played out, then state goes to
//! disk and everyone hears goodbye.
//!
//! ```text
//! state     event                            next      asked of the shell
//! Serving   request                          Draining  nothing yet: the door is closed by whoever requests
//! Draining  request                          Draining  its deadline counts if it is the sooner one
//! Draining  matches(n), time left            Draining  an announcement at the start and near the end
//! Draining  matches(0), deadline, or hurry   Ending    seal what is recorded, say goodbye, close the listeners
//! Serving   hurry                            Ending    the same at once
//! Ending    ended                            Ended     nothing: the process may exit
//! ```
//!
//! Requests come from signals and from the admin's page; both only ever shorten what is left. Time is since start.

mod drainer;
mod words;

use std::{collections::VecDeque, time::Duration};

pub use self::drainer::Drainer;

/// Where a server is in its life.
#[derive(Debug, Default)]
pub struct Drain {
    state: State,
    actions: VecDeque<Action>,
    /// Why, in the host's words, if any were given.
    reason: String,
    /// State is on disk, so the next start brings players back.
    keeps_state: bool,
    /// The next announcement is made when no more than this is left.
    next_mark: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    #[default]
    Serving,
    Draining {
        until: Duration,
    },
    Ending,
    Ended,
}

/// What the shell shall do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Tell everyone in a room this line.
    Announce(String),
    /// Seal what is recorded, say goodbye with these words, close the listeners; then [`Drain::handle_ended`].
    End {
        /// For the players.
        goodbye: String,
    },
}

/// Where a server is, for those who ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It takes players.
    Serving,
    /// It ends within this time, or when the matches are over.
    Draining {
        /// At most.
        left: Duration,
    },
    /// It says goodbye, or has done so.
    Ending,
}

/// Announcements are made when a drain starts and when this is left of it.
const MARKS: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(10), Duration::from_secs(3)];

impl Drain {
    /// A serving server. `keeps_state` tells whether the next start continues its matches.
    pub fn new(keeps_state: bool) -> Self {
        Self { keeps_state, ..Self::default() }
    }

    /// The server shall end within `wait`, sooner if nobody is in the middle of a match. A later request can bring the
    /// end nearer, never put it off.
    pub fn handle_request(&mut self, now: Duration, wait: Duration, reason: &str) {
        let sooner = now.saturating_add(wait);
        match &mut self.state {
            State::Serving => {
                self.state = State::Draining { until: sooner };
                reason.clone_into(&mut self.reason);
                self.next_mark = Duration::MAX;
            }
            State::Draining { until } => *until = sooner.min(*until),
            State::Ending | State::Ended => {}
        }
    }

    /// The server shall end now, whoever plays.
    pub fn handle_hurry(&mut self) {
        if matches!(self.state, State::Serving | State::Draining { .. }) {
            self.end();
        }
    }

    /// The server cannot go on and ends now; `reason` is given to its players.
    pub fn handle_failure(&mut self, reason: &str) {
        reason.clone_into(&mut self.reason);
        self.handle_hurry();
    }

    /// Time has passed, and so many matches with humans are being played.
    pub fn handle_matches(&mut self, now: Duration, matches: usize) {
        let State::Draining { until } = self.state else { return };
        let left = until.saturating_sub(now);
        if matches == 0 || left.is_zero() {
            self.end();
        } else if left <= self.next_mark {
            self.actions.push_back(Action::Announce(words::announcement(left, &self.reason, self.keeps_state)));
            self.next_mark = MARKS.into_iter().find(|&mark| mark < left).unwrap_or_default();
        }
    }

    /// Everyone has heard goodbye and the listeners are closed.
    pub fn handle_ended(&mut self) {
        debug_assert_eq!(self.state, State::Ending);
        self.state = State::Ended;
    }

    /// What is to be done next.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// Where it is.
    pub fn status(&self, now: Duration) -> Status {
        match self.state {
            State::Serving => Status::Serving,
            State::Draining { until } => Status::Draining { left: until.saturating_sub(now) },
            State::Ending | State::Ended => Status::Ending,
        }
    }

    fn end(&mut self) {
        self.state = State::Ending;
        // A line that nobody has time to read any more.
        self.actions.clear();
        self.actions.push_back(Action::End { goodbye: words::goodbye(&self.reason, self.keeps_state) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    fn draining(wait: u64) -> Drain {
        let mut drain = Drain::new(false);
        drain.handle_request(secs(100), secs(wait), "");
        drain
    }

    fn actions(drain: &mut Drain) -> Vec<Action> {
        std::iter::from_fn(|| drain.poll_action()).collect()
    }

    fn has_ended(drain: &mut Drain) -> bool {
        actions(drain).iter().any(|action| matches!(action, Action::End { .. }))
    }

    #[test]
    fn serving_server_does_nothing_by_itself() {
        let mut drain = Drain::new(true);
        drain.handle_matches(secs(1), 0);
        assert_eq!(actions(&mut drain), []);
        assert_eq!(drain.status(secs(1)), Status::Serving);
    }

    #[test]
    fn server_without_matches_ends_without_a_word_of_waiting() {
        let mut drain = draining(8);
        drain.handle_matches(secs(100), 0);
        assert!(matches!(actions(&mut drain)[..], [Action::End { .. }]));
        assert_eq!(drain.status(secs(100)), Status::Ending);
    }

    #[test]
    fn matches_are_waited_for_until_the_deadline() {
        let mut drain = draining(8);
        drain.handle_matches(secs(107), 2);
        assert!(!has_ended(&mut drain));
        assert_eq!(drain.status(secs(107)), Status::Draining { left: secs(1) });
        drain.handle_matches(secs(108), 2);
        assert!(has_ended(&mut drain));
    }

    #[test]
    fn last_match_that_ends_ends_the_server() {
        let mut drain = draining(600);
        drain.handle_matches(secs(101), 1);
        assert!(!has_ended(&mut drain));
        drain.handle_matches(secs(102), 0);
        assert!(has_ended(&mut drain));
    }

    #[test]
    fn players_are_told_at_the_start_and_near_the_end_once_each() {
        let mut drain = draining(90);
        let mut told = Vec::new();
        for now in 100..190 {
            drain.handle_matches(secs(now), 1);
            told.extend(actions(&mut drain).into_iter().map(|action| (190 - now, action)));
        }
        let left: Vec<_> = told.iter().map(|(left, _)| *left).collect();
        assert_eq!(left, [90, 60, 10, 3]);
        assert!(told.iter().all(|(_, action)| matches!(action, Action::Announce(_))));
    }

    #[test]
    fn later_requests_only_bring_the_end_nearer() {
        let mut drain = draining(60);
        drain.handle_request(secs(101), secs(600), "");
        assert_eq!(drain.status(secs(101)), Status::Draining { left: secs(59) });
        drain.handle_request(secs(101), secs(8), "");
        assert_eq!(drain.status(secs(101)), Status::Draining { left: secs(8) });
    }

    #[test]
    fn hurry_ends_it_whoever_plays_and_once() {
        for mut drain in [Drain::new(true), draining(600)] {
            drain.handle_matches(secs(100), 3);
            drain.handle_hurry();
            assert!(has_ended(&mut drain));
            drain.handle_hurry();
            drain.handle_request(secs(101), secs(5), "");
            drain.handle_matches(secs(101), 0);
            assert_eq!(actions(&mut drain), []);
            drain.handle_ended();
            assert_eq!(drain.status(secs(102)), Status::Ending);
        }
    }

    #[test]
    fn deadline_without_end_is_no_overflow() {
        let mut drain = Drain::new(false);
        drain.handle_request(secs(1), Duration::MAX, "");
        drain.handle_matches(secs(2), 1);
        assert!(matches!(actions(&mut drain)[..], [Action::Announce(_)]));
    }
}

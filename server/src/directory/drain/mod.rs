//! The steps from a request to stop until the end: players are warned, matches may finish, then state goes to disk and
//! everybody gets a goodbye.
//!
//! ```text
//! state     event                            next      action of the shell
//! Serving   request                          Draining  nothing yet: joins are refused by the code that requests
//! Draining  request                          Draining  none; the earlier of the two deadlines counts
//! Draining  matches(n), time left            Draining  an announcement at the start and near the end
//! Draining  matches(0), deadline, or hurry   Ending    seal the recordings, send goodbyes, close the listeners
//! Serving   hurry                            Ending    the same at once
//! Ending    ended                            Ended     nothing: the process may exit
//! ```
//!
//! Requests come from signals and from the admin page; each can only shorten the time that is left. Time is since start.

mod drainer;
mod words;

use std::{collections::VecDeque, time::Duration};

pub use self::drainer::Drainer;

/// The state machine above.
#[derive(Debug, Default)]
pub struct Drain {
    state: State,
    actions: VecDeque<Action>,
    /// The host's reason, or empty.
    reason: String,
    /// State is on disk, so the next start restores the players' matches.
    keeps_state: bool,
    /// The next announcement is made when at most this time is left.
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

/// A step for the shell to execute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send this line to everybody in every room.
    Announce(String),
    /// Seal the recordings, send this goodbye, close the listeners; then call [`Drain::handle_ended`].
    End {
        /// The text for players.
        goodbye: String,
    },
}

/// The server's state as others see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It takes players.
    Serving,
    /// It ends within this time, or when all matches are over.
    Draining {
        /// The most time that is left.
        left: Duration,
    },
    /// Goodbyes are being sent, or have been.
    Ending,
}

/// Announcements are made when a drain starts and when this much time is left.
const MARKS: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(10), Duration::from_secs(3)];

impl Drain {
    /// A serving server. `keeps_state`: the next start continues its matches.
    pub fn new(keeps_state: bool) -> Self {
        Self { keeps_state, ..Self::default() }
    }

    /// Ends the server within `wait`, sooner if no match is running. A later request can shorten the time, never
    /// prolong it.
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

    /// Ends the server now, even if matches are running.
    pub fn handle_hurry(&mut self) {
        if matches!(self.state, State::Serving | State::Draining { .. }) {
            self.end();
        }
    }

    /// Ends the server now because of a fault; players are shown `reason`.
    pub fn handle_failure(&mut self, reason: &str) {
        reason.clone_into(&mut self.reason);
        self.handle_hurry();
    }

    /// Time has passed, and this many matches with humans are running.
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

    /// All goodbyes are sent and the listeners are closed.
    pub fn handle_ended(&mut self) {
        debug_assert_eq!(self.state, State::Ending);
        self.state = State::Ended;
    }

    /// The next action for the shell.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// The state at `now`.
    pub fn status(&self, now: Duration) -> Status {
        match self.state {
            State::Serving => Status::Serving,
            State::Draining { until } => Status::Draining { left: until.saturating_sub(now) },
            State::Ending | State::Ended => Status::Ending,
        }
    }

    fn end(&mut self) {
        self.state = State::Ending;
        // Nobody has time to read an announcement now.
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

//! The reconnect policy: what to do after a link has ended, and when to make each attempt. One table serves every transport,
//! [`NextStep::after`]:
//!
//! | the link ended | next step |
//! |---|---|
//! | without a reason: broken, cut, silent | resume |
//! | because the server sent an invalid message | resume: on the next link the server sends every state in full |
//! | with a goodbye or a close code of the protocol | follows from the reason |
//!
//! ```text
//! lost ── at once ──> attempt ──fails──> 0.25 s ──> attempt ──> 0.5 s … 2 s ──> … until `resume` after the server's last message
//! ```

use std::time::Duration;

use shared::{rng::Rng, wire::DisconnectReason};

/// How a link has ended, on any transport.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkEnd {
    /// The link broke, without a reason from the server.
    Lost,
    /// The server sent an invalid message.
    Nonsense,
    /// The server sent a goodbye, or a close code with a reason.
    Told(DisconnectReason),
}

/// The next step after a link has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextStep {
    /// Resume the session in the same seat, with the newest token.
    Resume,
    /// The session is over: join again for a new seat.
    Rejoin,
    /// Do nothing until the player acts.
    Stop,
}

/// The attempts to reconnect after one loss.
#[derive(Clone, Debug)]
pub struct Comeback {
    until: Duration,
    next_at: Duration,
    attempts: u32,
    rng: Rng,
}

impl NextStep {
    /// The next step after `end`; see the module's table.
    pub const fn after(end: LinkEnd) -> Self {
        let reason = match end {
            LinkEnd::Lost | LinkEnd::Nonsense => return Self::Resume,
            LinkEnd::Told(reason) => reason,
        };
        match reason {
            DisconnectReason::TimedOut
            | DisconnectReason::TooSlow
            | DisconnectReason::ShuttingDown
            | DisconnectReason::Overloaded
            | DisconnectReason::Internal => Self::Resume,
            DisconnectReason::BadTicket
            | DisconnectReason::RoomFull
            | DisconnectReason::RoomClosed
            | DisconnectReason::RoomFailed
            | DisconnectReason::SessionOver
            | DisconnectReason::WrongShard => Self::Rejoin,
            DisconnectReason::Left
            | DisconnectReason::VersionMismatch
            | DisconnectReason::BadMessage
            | DisconnectReason::TooFast
            | DisconnectReason::Kicked
            | DisconnectReason::OutOfOrder
            | DisconnectReason::ResumedElsewhere => Self::Stop,
        }
    }
}

impl Comeback {
    /// Starts at `now`. The server's last message came at `heard_at`; the server keeps the seat for `resume` after it notices the
    /// loss, which is later. The seed `chance` spreads the pauses, so that a thousand players do not reconnect at the same time.
    pub fn new(heard_at: Duration, resume: Duration, now: Duration, chance: u64) -> Self {
        Self {
            until: heard_at.max(now.saturating_sub(resume)) + resume,
            next_at: now,
            attempts: 0,
            rng: Rng::new(chance),
        }
    }

    /// A new link was lost before it was of use: continues with the pauses of the last attempts, and with the deadline of a loss at
    /// `now`.
    #[must_use]
    pub fn extended(self, heard_at: Duration, resume: Duration, now: Duration) -> Self {
        Self { until: heard_at.max(now.saturating_sub(resume)) + resume, ..self }
    }

    /// Delays the next attempt until `at` or later.
    pub fn wait_until(&mut self, at: Duration) {
        self.next_at = self.next_at.max(at);
    }

    /// Time of the next attempt; `None` when the server has given up the seat by then.
    pub fn next_attempt(&mut self, now: Duration) -> Option<Duration> {
        let at = self.next_at.max(now);
        if at > self.until {
            return None;
        }
        let whole = (FIRST_PAUSE * 2u32.saturating_pow(self.attempts)).min(LONGEST_PAUSE);
        let spread = whole / 2 * self.rng.below(1_000) / 1_000;
        self.attempts += 1;
        self.next_at = at + whole / 2 + spread;
        Some(at)
    }

    /// Attempts so far.
    pub const fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Time left until the last attempt.
    pub const fn left(&self, now: Duration) -> Duration {
        self.until.saturating_sub(now)
    }
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Bound of the pause: short enough to find a restarted server soon; a server that stays away gets about twenty attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(secs: f64) -> Duration {
        Duration::from_secs_f64(secs)
    }

    fn attempts(mut comeback: Comeback, mut now: Duration) -> Vec<Duration> {
        let mut made = Vec::new();
        while let Some(at) = comeback.next_attempt(now) {
            made.push(at);
            now = at;
        }
        made
    }

    #[test]
    fn first_attempt_is_made_at_once_and_the_last_before_the_server_gives_up() {
        let made = attempts(Comeback::new(secs(95.0), secs(30.0), secs(100.0), 7), secs(100.0));
        assert_eq!(made[0], secs(100.0));
        assert!(*made.last().unwrap() <= secs(125.0) && *made.last().unwrap() > secs(122.9));
        let pauses: Vec<_> = made.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(pauses[0] >= FIRST_PAUSE / 2 && pauses[0] <= FIRST_PAUSE);
        assert!(pauses.iter().all(|&pause| pause <= LONGEST_PAUSE));
        assert!((10..=35).contains(&made.len()), "{}", made.len());
    }

    #[test]
    fn players_who_are_lost_together_do_not_come_back_together() {
        let third = |chance| attempts(Comeback::new(secs(1.0), secs(30.0), secs(1.0), chance), secs(1.0))[2];
        assert_ne!(third(1), third(2));
        assert_eq!(third(1), third(1));
    }

    #[test]
    fn attempt_that_took_long_leaves_less_time() {
        let mut comeback = Comeback::new(secs(0.0), secs(30.0), secs(5.0), 1);
        assert!(comeback.next_attempt(secs(5.0)).is_some());
        assert_eq!(comeback.left(secs(29.0)), secs(1.0));
        assert_eq!(comeback.next_attempt(secs(30.0)), Some(secs(30.0)));
        assert_eq!(comeback.next_attempt(secs(30.1)), None);
    }

    #[test]
    fn server_that_only_speaks_nonsense_is_asked_at_growing_pauses() {
        let mut comeback = Comeback::new(secs(0.0), secs(30.0), secs(0.0), 1);
        let mut now = secs(0.0);
        let mut pauses = Vec::new();
        for _ in 0..100 {
            let at = comeback.next_attempt(now).unwrap();
            pauses.push(at - now);
            // Each attempt opens a link, which fails at once.
            now = at;
            comeback = comeback.extended(now, secs(30.0), now);
        }
        assert!(pauses[0].is_zero() && pauses[99] >= LONGEST_PAUSE / 2, "{pauses:?}");
    }

    #[test]
    fn attempt_is_put_off() {
        let mut comeback = Comeback::new(secs(0.0), secs(30.0), secs(0.0), 1);
        comeback.wait_until(secs(10.0));
        assert_eq!(comeback.next_attempt(secs(0.0)), Some(secs(10.0)));
    }

    #[test]
    fn player_comes_back_from_what_it_did_not_want_and_not_from_what_it_did() {
        let after = |reason| NextStep::after(LinkEnd::Told(reason));
        assert_eq!(after(DisconnectReason::ShuttingDown), NextStep::Resume);
        assert_eq!(after(DisconnectReason::SessionOver), NextStep::Rejoin);
        assert_eq!(after(DisconnectReason::ResumedElsewhere), NextStep::Stop);
        assert_eq!(after(DisconnectReason::Left), NextStep::Stop);
        assert_eq!(NextStep::after(LinkEnd::Lost), NextStep::Resume);
        assert_eq!(NextStep::after(LinkEnd::Nonsense), NextStep::Resume);
    }
}

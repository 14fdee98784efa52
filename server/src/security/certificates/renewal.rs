//! Self-signed certificates over time: each is replaced long before it expires, without a restart.
//!
//! ```text
//! Steady     the current one is 10 days old    Announced  the next one is made; both hashes are announced
//! Announced  an hour has passed                Switched   new connections get the new one; both hashes are still announced
//! Switched   an hour has passed                Steady     only the new one's hash is announced
//! any        the current one is not valid now  Switched   another one is made and presented at once
//! ```
//!
//! Ages are measured by the monotonic clock. Validity is judged by the wall clock, on both sides: a certificate that was made while the
//! clock was ahead is not valid until the clock gets there again, so it is replaced at once.
//!
//! A client that asked for the hashes within the hour before or after a switch knows the certificate that it gets.
//! Open connections are not disturbed: a certificate matters in the handshake only.

use std::time::{Duration, SystemTime};

use super::self_signed::{SelfSigned, VALID};

/// The current certificate and its replacement, if one is under way.
#[derive(Debug)]
pub(super) struct Renewal {
    shown: SelfSigned,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Steady,
    Announced {
        next: SelfSigned,
    },
    /// `since` is by the monotonic clock.
    Switched {
        old: SelfSigned,
        since: Duration,
    },
}

/// Age at which a certificate is replaced, days before it expires, in case the machine sleeps.
const RENEWED_AT: Duration = Duration::from_secs(10 * 24 * 3_600);
/// Time that two hashes are announced before and after a switch: longer than a client keeps our answer.
const CHANGE_OVER: Duration = Duration::from_secs(3_600);

impl Renewal {
    /// Makes the first certificate, valid from `now`.
    ///
    /// # Errors
    /// When no certificate can be made.
    pub(super) fn new(now: SystemTime, running: Duration) -> anyhow::Result<Self> {
        Ok(Self { shown: SelfSigned::new(now, running)?, change: Change::Steady })
    }

    /// The current certificate.
    pub(super) fn shown(&self) -> &SelfSigned {
        &self.shown
    }

    /// SHA-256 of every certificate that new connections may get around now, the current one first.
    pub(super) fn hashes(&self) -> Vec<String> {
        let other = match &self.change {
            Change::Steady => None,
            Change::Announced { next } => Some(next.sha256.clone()),
            Change::Switched { old, .. } => Some(old.sha256.clone()),
        };
        std::iter::once(self.shown.sha256.clone()).chain(other).collect()
    }

    /// Takes the step of the table that is due at `now`, when the process has run for `running`.
    ///
    /// # Errors
    /// When no new certificate can be made; the old one stays, and the next call tries again.
    pub(super) fn renew(&mut self, now: SystemTime, running: Duration) -> anyhow::Result<()> {
        if !self.shown.is_valid(now) {
            return self.replace(now, running);
        }
        let Self { shown, change } = self;
        match change {
            // The second condition is for a machine that slept: the monotonic clock may have slept as well.
            Change::Steady
                if shown.age(running) >= RENEWED_AT
                    || now.duration_since(shown.made).unwrap_or_default() >= RENEWED_AT =>
            {
                let next = SelfSigned::new(now, running)?;
                tracing::info!(sha256 = next.sha256, "a new certificate is announced");
                *change = Change::Announced { next };
            }
            Change::Announced { next } if !next.is_valid(now) => *next = SelfSigned::new(now, running)?,
            Change::Announced { next } if next.age(running) >= CHANGE_OVER => {
                let next = next.clone();
                self.show(next, running);
            }
            Change::Switched { since, .. } if running.saturating_sub(*since) >= CHANGE_OVER => {
                *change = Change::Steady;
            }
            Change::Steady | Change::Announced { .. } | Change::Switched { .. } => {}
        }
        Ok(())
    }

    /// Clients refuse the current certificate. Its replacement is the announced one, if that is valid; or the previous one, if a clock that
    /// jumped is back by now; or a new one.
    fn replace(&mut self, now: SystemTime, running: Duration) -> anyhow::Result<()> {
        let next = match &self.change {
            Change::Announced { next: known } | Change::Switched { old: known, .. } if known.is_valid(now) => {
                known.clone()
            }
            _ => SelfSigned::new(now, running)?,
        };
        tracing::warn!("the certificate is not valid by the machine's clock, and is replaced at once");
        self.show(next, running);
        Ok(())
    }

    fn show(&mut self, next: SelfSigned, running: Duration) {
        tracing::info!(sha256 = next.sha256, "the new certificate is shown");
        let old = std::mem::replace(&mut self.shown, next);
        self.change = Change::Switched { old, since: running };
    }
}

const _: () = assert!(RENEWED_AT.as_secs() + 24 * 3_600 < VALID.as_secs(), "a day to spare");

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const DAY: Duration = Duration::from_secs(24 * 3_600);

    struct Clock {
        renewal: Renewal,
        now: SystemTime,
        running: Duration,
    }

    fn clock() -> Clock {
        let now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
        Clock { renewal: Renewal::new(now, HOUR).unwrap(), now, running: HOUR }
    }

    impl Clock {
        fn turn(&mut self, by: Duration) -> Vec<String> {
            self.now += by;
            self.running += by;
            self.renewal.renew(self.now, self.running).unwrap();
            self.renewal.hashes()
        }

        /// SHA-256 of the certificate that a handshake would get.
        fn shown(&self) -> String {
            self.renewal.shown().sha256.clone()
        }
    }

    #[test]
    fn certificate_is_replaced_after_an_hour_in_which_both_are_told() {
        let mut clock = clock();
        let first = clock.shown();
        assert_eq!(clock.turn(10 * DAY - HOUR), std::slice::from_ref(&first));
        let told = clock.turn(HOUR);
        assert_eq!((told.len(), &told[0], clock.shown()), (2, &first, first.clone()));
        let second = told[1].clone();
        assert_eq!(clock.turn(HOUR), [second.clone(), first]);
        assert_eq!(clock.shown(), second);
        assert_eq!(clock.turn(HOUR), std::slice::from_ref(&second));
        assert_eq!(clock.turn(9 * DAY), [second]);
    }

    #[test]
    fn nobody_is_ever_shown_what_was_not_told_within_the_hour_before() {
        let mut clock = clock();
        let mut told = clock.renewal.hashes();
        for _ in 0..60 * 24 {
            let now = clock.turn(HOUR);
            assert!(told.contains(&clock.shown()));
            assert!(clock.renewal.shown.age(clock.running) < VALID - DAY);
            told = now;
        }
    }

    #[test]
    fn server_that_slept_shows_a_valid_certificate_as_soon_as_it_wakes() {
        let mut clock = clock();
        let first = clock.shown();
        // The monotonic clock stands still meanwhile.
        clock.now += 100 * DAY;
        clock.turn(Duration::ZERO);
        assert_ne!(clock.shown(), first);
        assert!(clock.renewal.shown.is_valid(clock.now));
    }

    #[test]
    fn certificate_of_a_clock_that_was_wrong_is_replaced_at_once_either_way() {
        for days in [2, 50] {
            for ahead in [true, false] {
                let mut clock = clock();
                clock.now = if ahead { clock.now + days * DAY } else { clock.now - 14 * days * DAY };
                clock.renewal = Renewal::new(clock.now, clock.running).unwrap();
                let first = clock.shown();
                clock.now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
                let told = clock.turn(Duration::ZERO);
                assert_ne!(clock.shown(), first, "{days} days, ahead: {ahead}");
                assert!(clock.renewal.shown.is_valid(clock.now));
                assert!(told.contains(&first) && told.contains(&clock.shown()));
                let now = clock.shown();
                assert_eq!(clock.turn(2 * HOUR), [now]);
            }
        }
    }

    #[test]
    fn certificate_comes_back_with_the_clock_that_had_jumped() {
        let mut clock = clock();
        let first = clock.shown();
        clock.now += 40 * DAY;
        clock.turn(Duration::ZERO);
        assert_ne!(clock.shown(), first);
        clock.now -= 40 * DAY;
        clock.turn(Duration::from_secs(6));
        assert_eq!(clock.shown(), first);
    }

    #[test]
    fn announced_certificate_of_a_clock_that_was_wrong_is_never_shown() {
        let mut clock = clock();
        clock.turn(10 * DAY);
        // The announced certificate is made while the clock is two days ahead.
        clock.now += 2 * DAY;
        clock.renewal.change = Change::Announced { next: SelfSigned::new(clock.now, clock.running).unwrap() };
        clock.now -= 2 * DAY;
        clock.turn(HOUR);
        clock.turn(HOUR);
        assert!(clock.renewal.shown.is_valid(clock.now));
    }
}

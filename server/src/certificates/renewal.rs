//! The self-signed certificate over time: shown, and replaced long before it expires, without a restart.
//!
//! ```text
//! Steady     the shown one is 10 days old      Announced  another is made; both hashes are told
//! Announced  an hour has passed                Switched   new connections are shown the new one; both are told still
//! Switched   an hour has passed                Steady     only the new one is told
//! any        what is shown is not valid now    Switched   another is made and shown at once
//! ```
//!
//! Ages are those of the monotonic clock. Validity is that of the wall clock, on both sides: a certificate that was made while the clock was
//! ahead is no good until the clock gets there again, and nobody waits for that.
//!
//! Whoever asked for the hashes within the hour before a switch, or after it, knows the certificate it is shown.
//! Connections that are there keep playing: a certificate matters in the handshake only.

use std::time::{Duration, SystemTime};

use super::self_signed::{SelfSigned, VALID};

/// See the module.
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
    /// `since`: by the monotonic clock.
    Switched {
        old: SelfSigned,
        since: Duration,
    },
}

/// A shown certificate is replaced at this age, with days to spare for a server that sleeps.
const RENEWED_AT: Duration = Duration::from_secs(10 * 24 * 3_600);
/// How long two certificates are told before and after a switch: longer than anybody keeps an answer of ours.
const CHANGE_OVER: Duration = Duration::from_secs(3_600);

impl Renewal {
    /// The first certificate, valid from `now`.
    ///
    /// # Errors
    /// When none can be made.
    pub(super) fn new(now: SystemTime, running: Duration) -> anyhow::Result<Self> {
        Ok(Self { shown: SelfSigned::new(now, running)?, change: Change::Steady })
    }

    /// The one to show.
    pub(super) fn shown(&self) -> &SelfSigned {
        &self.shown
    }

    /// SHA-256 of every certificate that new connections may be shown around now, the one that is shown first.
    pub(super) fn hashes(&self) -> Vec<String> {
        let other = match &self.change {
            Change::Steady => None,
            Change::Announced { next } => Some(next.sha256.clone()),
            Change::Switched { old, .. } => Some(old.sha256.clone()),
        };
        std::iter::once(self.shown.sha256.clone()).chain(other).collect()
    }

    /// Does what is due at `now`, when the process has run for so long.
    ///
    /// # Errors
    /// When no new certificate can be made; the old one stays, and the next call tries again.
    pub(super) fn renew(&mut self, now: SystemTime, running: Duration) -> anyhow::Result<()> {
        if !self.shown.is_valid(now) {
            return self.replace(now, running);
        }
        let Self { shown, change } = self;
        match change {
            // The second is for a machine that slept: the monotonic clock may have slept as well.
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

    /// Nobody accepts what is shown: shows what was announced, if that is any better, or what was shown before a clock jumped that is
    /// back by now, or a new one.
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

        /// SHA-256 of what a handshake would be shown.
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
        // A monotonic clock that stands still meanwhile.
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
        // Made right, the announced one is what the clock makes of it two days later.
        clock.now += 2 * DAY;
        clock.renewal.change = Change::Announced { next: SelfSigned::new(clock.now, clock.running).unwrap() };
        clock.now -= 2 * DAY;
        clock.turn(HOUR);
        clock.turn(HOUR);
        assert!(clock.renewal.shown.is_valid(clock.now));
    }
}

//! The self-signed certificate over time: shown, and replaced long before it expires, without a restart.
//!
//! ```text
//! Steady     the shown one is 10 days old      Announced  another is made; both hashes are told
//! Announced  an hour has passed, or must not   Switched   new connections are shown the new one; both are told still
//! Switched   an hour has passed                Steady     only the new one is told
//! ```
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
    Announced { next: SelfSigned },
    Switched { old_sha256: String, since: SystemTime },
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
    pub(super) fn new(now: SystemTime) -> anyhow::Result<Self> {
        Ok(Self { shown: SelfSigned::new(now)?, change: Change::Steady })
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
            Change::Switched { old_sha256, .. } => Some(old_sha256.clone()),
        };
        std::iter::once(self.shown.sha256.clone()).chain(other).collect()
    }

    /// Does what is due at `now`.
    ///
    /// # Errors
    /// When no new certificate can be made; the old one stays, and the next call tries again.
    pub(super) fn renew(&mut self, now: SystemTime) -> anyhow::Result<()> {
        let Self { shown, change } = self;
        match change {
            Change::Steady if shown.age(now) >= RENEWED_AT => {
                let next = SelfSigned::new(now)?;
                tracing::info!(sha256 = next.sha256, "a new certificate is announced");
                *change = Change::Announced { next };
            }
            Change::Announced { next } if next.age(now) >= CHANGE_OVER || shown.age(now) >= VALID => {
                tracing::info!(sha256 = next.sha256, "the new certificate is shown");
                let old = std::mem::replace(shown, next.clone());
                *change = Change::Switched { old_sha256: old.sha256, since: now };
            }
            Change::Switched { since, .. } if now.duration_since(*since).unwrap_or_default() >= CHANGE_OVER => {
                *change = Change::Steady;
            }
            Change::Steady | Change::Announced { .. } | Change::Switched { .. } => {}
        }
        Ok(())
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
    }

    fn clock() -> Clock {
        let now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
        Clock { renewal: Renewal::new(now).unwrap(), now }
    }

    impl Clock {
        fn turn(&mut self, by: Duration) -> Vec<String> {
            self.now += by;
            self.renewal.renew(self.now).unwrap();
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
            assert!(clock.renewal.shown.age(clock.now) < VALID - DAY);
            told = now;
        }
    }

    #[test]
    fn server_that_slept_shows_a_valid_certificate_as_soon_as_it_wakes() {
        let mut clock = clock();
        let first = clock.shown();
        clock.turn(100 * DAY);
        clock.turn(Duration::ZERO);
        assert_ne!(clock.shown(), first);
    }

    #[test]
    fn clock_that_is_set_back_changes_nothing() {
        let mut clock = clock();
        let first = clock.shown();
        clock.now -= 50 * DAY;
        assert_eq!(clock.turn(Duration::ZERO), [first]);
    }
}

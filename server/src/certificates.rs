//! The server's certificate over time: shown, and replaced long before it expires, without a restart.
//!
//! ```text
//! Steady     the shown one is 10 days old      Announced  another is made; both hashes are told
//! Announced  an hour has passed, or must not   Switched   new connections are shown the new one; both are told still
//! Switched   an hour has passed                Steady     only the new one is told
//! ```
//!
//! Whoever asked for the hashes within the hour before a switch, or after it, knows the certificate it is shown.
//! Connections that are there keep playing: a certificate matters in the handshake only.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::certificate::{Certificate, VALID};

/// See the module.
pub struct Certificates {
    tls: Arc<ServerConfig>,
    shown: Arc<Shown>,
    state: Mutex<State>,
}

struct State {
    shown: Certificate,
    change: Change,
}

enum Change {
    Steady,
    Announced { next: Certificate },
    Switched { old_sha256: String, since: SystemTime },
}

/// What handshakes are shown.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// A shown certificate is replaced at this age, with days to spare for a server that sleeps.
const RENEWED_AT: Duration = Duration::from_secs(10 * 24 * 3_600);
/// How long two certificates are told before and after a switch: longer than anybody keeps an answer of ours.
const CHANGE_OVER: Duration = Duration::from_secs(3_600);

impl Certificates {
    /// The first certificate, valid from `now`.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new(now: SystemTime) -> anyhow::Result<Self> {
        let certificate = Certificate::self_signed(now)?;
        let shown = Arc::new(Shown(ArcSwap::new(Arc::clone(&certificate.key))));
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&shown) as Arc<dyn ResolvesServerCert>);
        let state = Mutex::new(State { shown: certificate, change: Change::Steady });
        Ok(Self { tls: Arc::new(tls), shown, state })
    }

    /// TLS 1.3 that shows the certificate of the moment; each transport sets its own ALPN on a copy.
    pub fn tls(&self) -> &Arc<ServerConfig> {
        &self.tls
    }

    /// SHA-256 of every certificate that new connections may be shown around now, lower-case hexadecimal. The first is
    /// the one that is shown.
    pub fn hashes(&self) -> Vec<String> {
        let state = self.lock();
        let other = match &state.change {
            Change::Steady => None,
            Change::Announced { next } => Some(next.sha256.clone()),
            Change::Switched { old_sha256, .. } => Some(old_sha256.clone()),
        };
        std::iter::once(state.shown.sha256.clone()).chain(other).collect()
    }

    /// Does what is due at `now`.
    ///
    /// # Errors
    /// When no new certificate can be made; the old one stays, and the next call tries again.
    pub fn renew(&self, now: SystemTime) -> anyhow::Result<()> {
        let mut state = self.lock();
        let State { shown, change } = &mut *state;
        match change {
            Change::Steady if shown.age(now) >= RENEWED_AT => {
                let next = Certificate::self_signed(now)?;
                tracing::info!(sha256 = next.sha256, "a new certificate is announced");
                *change = Change::Announced { next };
            }
            Change::Announced { next } if next.age(now) >= CHANGE_OVER || shown.age(now) >= VALID => {
                tracing::info!(sha256 = next.sha256, "the new certificate is shown");
                self.shown.0.store(Arc::clone(&next.key));
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

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("hashes", &self.hashes()).finish_non_exhaustive()
    }
}

const _: () = assert!(RENEWED_AT.as_secs() + 24 * 3_600 < VALID.as_secs(), "a day to spare");

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);
    const DAY: Duration = Duration::from_secs(24 * 3_600);

    struct Clock {
        certificates: Certificates,
        now: SystemTime,
    }

    fn clock() -> Clock {
        let now = SystemTime::UNIX_EPOCH + 20_000 * DAY;
        Clock { certificates: Certificates::new(now).unwrap(), now }
    }

    impl Clock {
        fn turn(&mut self, by: Duration) -> Vec<String> {
            self.now += by;
            self.certificates.renew(self.now).unwrap();
            self.certificates.hashes()
        }

        /// SHA-256 of what a handshake would be shown.
        fn shown(&self) -> String {
            let state = self.certificates.lock();
            assert!(Arc::ptr_eq(&state.shown.key, &self.certificates.shown.0.load()));
            state.shown.sha256.clone()
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
        let mut told = clock.certificates.hashes();
        for _ in 0..60 * 24 {
            let now = clock.turn(HOUR);
            assert!(told.contains(&clock.shown()));
            assert!(clock.certificates.lock().shown.age(clock.now) < VALID - DAY);
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

//! Keeps the certificate current while the server runs: replaces self-signed ones, and reads the host's own again when its files
//! change.
//!
//! Tools write certificate and key one after the other. So files that do not belong together are reported only after a
//! moment, and once; the current certificate stays in use.

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use metrics::{counter, gauge};
use tracing::{error, info};

use super::{
    Certificates,
    own::{OwnCertificate, OwnCertificateError, Pem},
};
use crate::config::LiveConfig;

/// How often the files are read. Two small files cost less than a file watcher, and this works on every file system.
const PERIOD: Duration = Duration::from_millis(250);
/// Time that a pair of files may be inconsistent, because it is half written, before it is reported.
const PATIENCE: Duration = Duration::from_secs(2);

/// Watches the files and renews `certificates`; never returns.
pub(crate) async fn run(config: Arc<LiveConfig>, certificates: Arc<Certificates>) {
    let mut period = tokio::time::interval(PERIOD);
    let mut watch = Watch::default();
    loop {
        period.tick().await;
        if let Err(error) = certificates.renew(SystemTime::now(), certificates.running()) {
            error!(error = format!("{error:#}"), "cannot renew the certificate");
        }
        if let Some(until) = certificates.valid_until() {
            let since_1970 = until.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            gauge!("ricochet_certificate_valid_until_seconds").set(since_1970.as_secs_f64());
        }
        if let Some((certificate, key)) = config.load().tls.files() {
            // A disk may be slow; tokio moves its other tasks to another thread meanwhile.
            tokio::task::block_in_place(|| watch.look(certificate, key, &certificates, Instant::now()));
        }
    }
}

/// The current fault of the files, if they have one.
#[derive(Debug, Default)]
struct Watch {
    broken: Option<Broken>,
}

#[derive(Debug)]
struct Broken {
    error: OwnCertificateError,
    digest: Option<[u8; 32]>,
    since: Instant,
    reported: bool,
}

impl Watch {
    fn look(&mut self, certificate: &Path, key: &Path, certificates: &Certificates, now: Instant) {
        let pem = Pem::read(certificate, key);
        let digest = pem.as_ref().ok().map(Pem::digest);
        if digest.is_some() && digest == certificates.own_digest() {
            self.broken = None;
            return;
        }
        if digest.is_some() && self.broken.as_ref().is_some_and(|broken| broken.reported && broken.digest == digest) {
            return;
        }
        let own = pem.and_then(|pem| OwnCertificate::parse(&pem, certificate, key));
        match own {
            Ok(own) => {
                self.broken = None;
                info!(sha256 = own.sha256(), file = %certificate.display(), "the certificate has changed on disk and is in use");
                count("shown");
                if let Err(error) = certificates.set(Some(own), SystemTime::now()) {
                    error!(error = format!("{error:#}"), "cannot use the certificate");
                }
            }
            Err(error) => self.note(error, digest, now),
        }
    }

    fn note(&mut self, error: OwnCertificateError, digest: Option<[u8; 32]>, now: Instant) {
        let fresh = Broken { error, digest, since: now, reported: false };
        let broken = match self.broken.take() {
            Some(known) if known.digest == fresh.digest && known.error == fresh.error => known,
            _ => fresh,
        };
        let broken = self.broken.insert(broken);
        if !broken.reported && now.saturating_duration_since(broken.since) >= PATIENCE {
            broken.reported = true;
            count("refused");
            error!(error = %broken.error, "the certificate has changed on disk and cannot be used; the old one stays in use");
        }
    }
}

fn count(outcome: &'static str) {
    counter!("ricochet_certificate_changes_total", "outcome" => outcome).increment(1);
}

#[cfg(test)]
mod tests {
    use super::{
        super::own::tests::{Files, pair},
        *,
    };

    struct Scene {
        files: Files,
        certificates: Certificates,
        watch: Watch,
        now: Instant,
    }

    impl Scene {
        fn new(test: &str) -> Self {
            let files = Files::new(test);
            files.write(&pair());
            let own = OwnCertificate::read(&files.certificate, &files.key).unwrap();
            let certificates = Certificates::new(Some(own), SystemTime::now()).unwrap();
            Self { files, certificates, watch: Watch::default(), now: Instant::now() }
        }

        /// Checks the files after `secs`; returns the hash of the current certificate, and true if a fault was reported.
        fn look(&mut self, secs: u64) -> (String, bool) {
            self.now += Duration::from_secs(secs);
            self.watch.look(&self.files.certificate, &self.files.key, &self.certificates, self.now);
            let reported = self.watch.broken.as_ref().is_some_and(|broken| broken.reported);
            (self.certificates.shown_sha256(), reported)
        }
    }

    #[test]
    fn new_pair_is_shown_as_soon_as_it_is_whole() {
        let mut scene = Scene::new("watch");
        let (first, _) = scene.look(0);
        let (new, old_key) = (pair(), std::fs::read_to_string(&scene.files.key).unwrap());
        scene.files.write(&(new.0.clone(), old_key));
        assert_eq!(scene.look(1), (first.clone(), false), "half written");
        scene.files.write(&new);
        let (second, reported) = scene.look(1);
        assert!(second != first && !reported);
        assert!(scene.certificates.is_own() && scene.certificates.hashes().is_empty());
    }

    #[test]
    fn broken_pair_is_reported_after_a_moment_and_the_old_one_stays() {
        let mut scene = Scene::new("watch-broken");
        let (first, _) = scene.look(0);
        scene.files.write(&(pair().0, pair().1));
        assert_eq!(scene.look(1), (first.clone(), false));
        assert_eq!(scene.look(1), (first.clone(), false));
        assert_eq!(scene.look(1), (first.clone(), true));
        scene.files.write(&(String::new(), String::new()));
        assert_eq!(scene.look(1), (first.clone(), false), "another fault has its own moment");
        std::fs::remove_file(&scene.files.certificate).unwrap();
        assert_eq!(scene.look(1), (first.clone(), false));
        assert_eq!(scene.look(2), (first.clone(), true));
        scene.files.write(&pair());
        let (second, reported) = scene.look(1);
        assert!(second != first && !reported);
    }
}

//! The certificates that the server presents in TLS handshakes: the host's own, or self-signed ones whose hashes the server announces.
//!
//! ```text
//!                        HTTP and WebSocket     QUIC and WebTransport          announced hashes
//! tls.certificate        that, over TLS         that                           none: clients verify it by its authority
//! that, tls.http = off   plain                  that                           none
//! neither                plain                  self-signed, see `renewal`     those of all certificates it may present
//! ```
//!
//! A new certificate does not disturb open connections: it matters in the handshake only.

mod chain;
mod own;
mod renewal;
mod self_signed;
pub(crate) mod watch;
mod x509;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use arc_swap::ArcSwap;
use rustls::{
    ServerConfig,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};

use self::renewal::Renewal;
pub use self::{
    chain::ChainProblem,
    own::{OwnCertificate, OwnCertificateError},
};

/// Certificates and the TLS configurations that present them.
pub struct Certificates {
    quic: Arc<ServerConfig>,
    http: Arc<ServerConfig>,
    shown: Arc<Shown>,
    source: Mutex<Source>,
    start: Instant,
}

#[derive(Debug)]
enum Source {
    SelfSigned(Box<Renewal>),
    Own(OwnCertificate),
}

/// The certificate that handshakes present.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl Certificates {
    /// Presents `own`, or self-signed certificates from `now` on. `now` and the other `SystemTime`s are the wall clock's, because clients
    /// verify certificates by theirs.
    ///
    /// # Errors
    /// When no certificate can be made.
    pub fn new(own: Option<OwnCertificate>, now: SystemTime) -> anyhow::Result<Self> {
        let start = Instant::now();
        let source = Source::new(own, now, Duration::ZERO)?;
        let shown = Arc::new(Shown(ArcSwap::new(Arc::clone(source.key()))));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = |versions: &[&'static rustls::SupportedProtocolVersion]| {
            let builder =
                ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
            let resolver = Arc::clone(&shown) as Arc<dyn ResolvesServerCert>;
            Ok::<_, rustls::Error>(builder.with_no_client_auth().with_cert_resolver(resolver))
        };
        let quic = Arc::new(config(&[&TLS13])?);
        let mut http = config(&[&TLS13, &TLS12])?;
        http.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { quic, http: Arc::new(http), shown, source: Mutex::new(source), start })
    }

    /// TLS 1.3 with the current certificate; each transport sets its own ALPN on a copy.
    pub fn quic(&self) -> &Arc<ServerConfig> {
        &self.quic
    }

    /// TLS for HTTP/1.1 and WebSocket.
    pub fn http(&self) -> &Arc<ServerConfig> {
        &self.http
    }

    /// SHA-256 of every certificate that new connections may get around now, in lower-case hexadecimal, the current one first. Empty for a
    /// host's own certificate, which clients verify by its name and authority.
    pub fn hashes(&self) -> Vec<String> {
        match &*self.lock() {
            Source::SelfSigned(renewal) => renewal.hashes(),
            Source::Own(_) => Vec::new(),
        }
    }

    /// SHA-256 of the current certificate.
    pub fn shown_sha256(&self) -> String {
        match &*self.lock() {
            Source::SelfSigned(renewal) => renewal.shown().sha256.clone(),
            Source::Own(own) => own.sha256().to_owned(),
        }
    }

    /// End of the current certificate's validity; `None` if it cannot be parsed.
    pub fn valid_until(&self) -> Option<SystemTime> {
        x509::valid_until(self.shown.0.load().cert.first()?)
    }

    /// True for the host's own certificate, false for a self-signed one.
    pub fn is_own(&self) -> bool {
        matches!(&*self.lock(), Source::Own(_))
    }

    /// From now on new connections get `own`, or self-signed certificates if it is `None`.
    ///
    /// # Errors
    /// When no certificate can be made; then nothing changes.
    pub fn set(&self, own: Option<OwnCertificate>, now: SystemTime) -> anyhow::Result<()> {
        let mut source = self.lock();
        if own.is_none() && matches!(*source, Source::SelfSigned(_)) {
            return Ok(());
        }
        *source = Source::new(own, now, self.start.elapsed())?;
        self.shown.0.store(Arc::clone(source.key()));
        Ok(())
    }

    /// Time since this value was made, by the monotonic clock.
    pub fn running(&self) -> Duration {
        self.start.elapsed()
    }

    /// Replaces a self-signed certificate before it expires: `now` by the wall clock, `running` by the clock of [`Self::running`].
    ///
    /// # Errors
    /// When no new certificate can be made; the old one stays, and the next call tries again.
    pub fn renew(&self, now: SystemTime, running: Duration) -> anyhow::Result<()> {
        let mut source = self.lock();
        if let Source::SelfSigned(renewal) = &mut *source {
            renewal.renew(now, running)?;
            if !Arc::ptr_eq(&renewal.shown().key, &self.shown.0.load()) {
                self.shown.0.store(Arc::clone(&renewal.shown().key));
            }
        }
        Ok(())
    }

    /// Digest of the files of the host's own certificate.
    fn own_digest(&self) -> Option<[u8; 32]> {
        match &*self.lock() {
            Source::SelfSigned(_) => None,
            Source::Own(own) => Some(own.digest()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Source> {
        self.source.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    fn new(own: Option<OwnCertificate>, now: SystemTime, running: Duration) -> anyhow::Result<Self> {
        Ok(match own {
            Some(own) => {
                own.report(now);
                Self::Own(own)
            }
            None => Self::SelfSigned(Box::new(Renewal::new(now, running)?)),
        })
    }

    fn key(&self) -> &Arc<CertifiedKey> {
        match self {
            Self::SelfSigned(renewal) => &renewal.shown().key,
            Self::Own(own) => own.key(),
        }
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").field("shown", &self.shown_sha256()).finish_non_exhaustive()
    }
}

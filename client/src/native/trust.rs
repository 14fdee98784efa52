//! The certificates that a native player accepts.
//!
//! A server with a self-signed certificate sends its hashes with each join answer. Any other certificate is verified by
//! its name and by the authority that signed it, as in a browser.

use std::{
    fs,
    path::Path,
    sync::{Arc, OnceLock},
};

use quinn::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use sha2::{Digest, Sha256};

/// The certificates that a native player accepts when the join answer has no hashes.
#[derive(Clone, Debug)]
pub struct Trust {
    whom: Arc<Whom>,
}

/// The reason why a file of authorities cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct TrustError {
    path: String,
    reason: String,
}

#[derive(Debug)]
enum Whom {
    /// The authorities in this machine's store, which is read when the first certificate is verified.
    Machine(OnceLock<Result<Arc<WebPkiServerVerifier>, String>>),
    /// Authorities from a file.
    Authorities(Arc<WebPkiServerVerifier>),
    /// Certificates with one of these SHA-256 hashes.
    Hashes(Vec<[u8; 32]>),
    /// Every certificate.
    Anyone,
}

impl Trust {
    /// Trusts only the authorities in a PEM file.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate.
    pub fn authorities(path: &Path) -> Result<Self, TrustError> {
        let wrong = |reason: String| TrustError { path: path.display().to_string(), reason };
        let pem = fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
            roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
        }
        let verifier = verifier_of(roots).map_err(wrong)?;
        Ok(Self::of(Whom::Authorities(verifier)))
    }

    /// Accepts every certificate. For test servers only: an attacker in between could read and change all traffic.
    pub fn anyone() -> Self {
        Self::of(Whom::Anyone)
    }

    /// Trusts only certificates with one of these SHA-256 hashes.
    pub(super) fn hashes(hashes: Vec<[u8; 32]>) -> Self {
        Self::of(Whom::Hashes(hashes))
    }

    fn of(whom: Whom) -> Self {
        Self { whom: Arc::new(whom) }
    }

    /// A configuration for TLS 1.3 that accepts the trusted certificates.
    ///
    /// # Errors
    /// When the cryptography provider lacks TLS 1.3. That would be a bug.
    pub fn tls(&self, alpn: &[u8]) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { whom: Arc::clone(&self.whom), provider }))
            .with_no_client_auth();
        tls.alpn_protocols = vec![alpn.to_vec()];
        // The players of a fleet must not share TLS sessions: they stand for players on different machines.
        tls.resumption = Resumption::disabled();
        Ok(tls)
    }
}

impl Default for Trust {
    /// Trusts the authorities in this machine's store.
    fn default() -> Self {
        Self::of(Whom::Machine(OnceLock::new()))
    }
}

fn verifier_of(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
    builder.build().map_err(|error| error.to_string())
}

fn verifier_of_machine() -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    verifier_of(roots).map_err(|_| "this machine has no store of certificate authorities".to_owned())
}

#[derive(Debug)]
struct Verifier {
    whom: Arc<Whom>,
    provider: Arc<CryptoProvider>,
}

/// The handshake's signature is verified in every case, so a copied certificate is of no use without its key.
impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verify = |authorities: &WebPkiServerVerifier| {
            authorities.verify_server_cert(certificate, intermediates, name, ocsp, now)
        };
        match &*self.whom {
            Whom::Machine(known) => match known.get_or_init(verifier_of_machine) {
                Ok(authorities) => verify(authorities),
                Err(reason) => Err(rustls::Error::General(reason.clone())),
            },
            Whom::Authorities(authorities) => verify(authorities),
            Whom::Hashes(hashes) => {
                let shown = Sha256::digest(certificate);
                match hashes.iter().any(|hash| hash == shown.as_slice()) {
                    true => Ok(ServerCertVerified::assertion()),
                    false => Err(CertificateError::ApplicationVerificationFailure.into()),
                }
            }
            Whom::Anyone => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

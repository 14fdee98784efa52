//! Whose certificates a native player accepts.
//!
//! A server without a certificate of its host's own tells the hashes of what it shows with each seat; any other is verified by
//! its name and by the authority that signed it, as a browser does.

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

/// Whose certificates a native player accepts, where a seat tells no hashes.
#[derive(Clone, Debug)]
pub struct Trust {
    whom: Arc<Whom>,
}

/// Why there is nobody to trust.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct TrustError {
    path: String,
    reason: String,
}

#[derive(Debug)]
enum Whom {
    /// The authorities this machine knows; read when the first certificate is to be verified.
    Machine(OnceLock<Result<Arc<WebPkiServerVerifier>, String>>),
    /// These authorities.
    Authorities(Arc<WebPkiServerVerifier>),
    /// Certificates with one of these SHA-256.
    Hashes(Vec<[u8; 32]>),
    /// Anybody.
    Anyone,
}

impl Trust {
    /// The authorities in a PEM file, and nobody else.
    ///
    /// # Errors
    /// When it cannot be read or holds none.
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

    /// Anybody: for servers on a bench. Whoever is in between can read and change everything.
    pub fn anyone() -> Self {
        Self::of(Whom::Anyone)
    }

    /// Certificates with one of these SHA-256, and no others.
    pub(super) fn hashes(hashes: Vec<[u8; 32]>) -> Self {
        Self::of(Whom::Hashes(hashes))
    }

    fn of(whom: Whom) -> Self {
        Self { whom: Arc::new(whom) }
    }

    /// TLS 1.3 with a server that is trusted.
    ///
    /// # Errors
    /// Never, but for a fault of ours.
    pub fn tls(&self, alpn: &[u8]) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier { whom: Arc::clone(&self.whom), provider }))
            .with_no_client_auth();
        tls.alpn_protocols = vec![alpn.to_vec()];
        // Every player of a fleet is a stranger to the server, as players from different machines are.
        tls.resumption = Resumption::disabled();
        Ok(tls)
    }
}

impl Default for Trust {
    /// The authorities this machine knows.
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
    verifier_of(roots).map_err(|_| "this machine knows no authorities of the web".to_owned())
}

#[derive(Debug)]
struct Verifier {
    whom: Arc<Whom>,
    provider: Arc<CryptoProvider>,
}

/// The signature is checked whomever we trust, so a stranger who shows a certificate without its key gets nowhere.
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

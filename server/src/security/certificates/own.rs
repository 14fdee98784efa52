//! The host's own certificate: two PEM files, the chain and its private key.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};
use sha2::{Digest, Sha256};

use super::{
    chain::{self, ChainProblem},
    self_signed::hex,
    x509::X509,
};
use crate::base::files::read_bytes;

/// A certificate with its authorities' and its key, checked to belong together.
#[derive(Clone, Debug)]
pub struct OwnCertificate {
    file: PathBuf,
    key: Arc<CertifiedKey>,
    sha256: String,
    digest: [u8; 32],
}

/// The reason why two files cannot be used as a certificate and its key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct OwnCertificateError {
    /// The file at fault.
    pub path: PathBuf,
    /// The fault of the file, as a sentence.
    pub reason: String,
}

/// Most bytes of a file; a chain of certificates has some kilobytes.
const FILE_BYTES_MAX: usize = 1024 * 1024;

impl OwnCertificate {
    /// Reads a certificate and its key.
    ///
    /// # Errors
    /// When a file cannot be read, holds something else, or the two do not belong together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, OwnCertificateError> {
        Self::parse(&Pem::read(certificate, key)?, certificate, key)
    }

    pub(super) fn parse(pem: &Pem, certificate: &Path, key: &Path) -> Result<Self, OwnCertificateError> {
        let wrong = |path: &Path, reason: String| OwnCertificateError { path: path.to_owned(), reason };
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem.certificate).collect();
        let chain = chain.map_err(|error| wrong(certificate, format!("this is not PEM: {error}")))?;
        let Some(first) = chain.first() else {
            return Err(wrong(certificate, "there is no certificate in it (BEGIN CERTIFICATE)".to_owned()));
        };
        if let Some(broken) = chain.iter().position(|der| X509::parse(der).is_none()) {
            return Err(wrong(certificate, format!("block {} in it is not a certificate", broken + 1)));
        }
        let sha256 = hex(&Sha256::digest(first));
        let private = PrivateKeyDer::from_pem_slice(&pem.key)
            .map_err(|error| wrong(key, format!("there is no private key in it: {error}")))?;
        let certified = CertifiedKey::from_der(chain, private, &rustls::crypto::ring::default_provider());
        let certified = certified.map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                wrong(key, format!("this is not the key of the certificate in {}", certificate.display()))
            }
            rustls::Error::InvalidCertificate(error) => {
                wrong(certificate, format!("the certificate is broken: {error}"))
            }
            error => wrong(key, format!("the key cannot be used: {error}")),
        })?;
        Ok(Self { file: certificate.to_owned(), key: Arc::new(certified), sha256, digest: pem.digest() })
    }

    /// Faults that the host should mend, as of `now`: dates, order, names, a missing issuer.
    pub fn problems(&self, now: SystemTime) -> Vec<ChainProblem> {
        let chain: Vec<_> = self.key.cert.iter().filter_map(|der| X509::parse(der)).collect();
        chain::problems(&chain, now)
    }

    /// Logs those faults.
    pub(crate) fn report(&self, now: SystemTime) {
        let file = self.file.display();
        for problem in self.problems(now) {
            match problem.is_fatal() {
                true => tracing::error!(%file, "{problem}"),
                false => tracing::warn!(%file, "{problem}"),
            }
        }
    }

    /// The file of the certificate.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(super) fn key(&self) -> &Arc<CertifiedKey> {
        &self.key
    }

    pub(super) fn sha256(&self) -> &str {
        &self.sha256
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

/// The contents of both files.
#[derive(Debug)]
pub(super) struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Pem {
    pub(super) fn read(certificate: &Path, key: &Path) -> Result<Self, OwnCertificateError> {
        let read = |path: &Path| {
            let wrong = |error: io::Error| {
                let reason = match error.kind() {
                    io::ErrorKind::NotFound => "there is no such file".to_owned(),
                    io::ErrorKind::PermissionDenied => "the server may not read this file".to_owned(),
                    _ => error.to_string(),
                };
                OwnCertificateError { path: path.to_owned(), reason }
            };
            read_bytes(path, FILE_BYTES_MAX).map_err(wrong)
        };
        Ok(Self { certificate: read(certificate)?, key: read(key)? })
    }

    /// Changes when either file changes.
    pub(super) fn digest(&self) -> [u8; 32] {
        let Self { certificate, key } = self;
        let length = certificate.len().to_le_bytes();
        Sha256::new().chain_update(length).chain_update(certificate).chain_update(key).finalize().into()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    /// The two files of a test.
    pub(in crate::security::certificates) struct Files {
        pub(in crate::security::certificates) certificate: PathBuf,
        pub(in crate::security::certificates) key: PathBuf,
    }

    impl Files {
        pub(in crate::security::certificates) fn new(test: &str) -> Self {
            let path = |what| std::env::temp_dir().join(format!("ricochet-{}-{test}-{what}.pem", std::process::id()));
            Self { certificate: path("certificate"), key: path("key") }
        }

        pub(in crate::security::certificates) fn write(&self, (certificate, key): &(String, String)) {
            fs::write(&self.certificate, certificate).unwrap();
            fs::write(&self.key, key).unwrap();
        }

        fn read(&self) -> Result<OwnCertificate, String> {
            OwnCertificate::read(&self.certificate, &self.key).map_err(|error| error.to_string())
        }
    }

    impl Drop for Files {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.certificate);
            let _ = fs::remove_file(&self.key);
        }
    }

    /// A certificate and its key as PEM.
    pub(in crate::security::certificates) fn pair() -> (String, String) {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let params = CertificateParams::new(["play.example.org".to_owned()]).unwrap();
        (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
    }

    #[test]
    fn certificate_is_read_with_its_key() {
        let files = Files::new("good");
        files.write(&pair());
        let one = files.read().unwrap();
        assert_eq!(one.sha256().len(), 64);
        assert_eq!(one.digest(), files.read().unwrap().digest());
    }

    #[test]
    fn byte_order_mark_and_line_ends_of_any_editor_make_no_difference() {
        let files = Files::new("mark");
        let (certificate, key) = pair();
        let edited = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
        files.write(&(certificate.clone(), key.clone()));
        let plain = files.read().unwrap();
        files.write(&(edited(&certificate), edited(&key)));
        assert_eq!(files.read().unwrap().sha256(), plain.sha256());
    }

    #[test]
    fn block_that_is_no_certificate_is_refused_wherever_it_is() {
        let files = Files::new("block");
        let (certificate, key) = pair();
        let garbage = "-----BEGIN CERTIFICATE-----\nZ2FyYmFnZQ==\n-----END CERTIFICATE-----\n";
        files.write(&(certificate + garbage, key));
        assert!(files.read().unwrap_err().ends_with("block 2 in it is not a certificate"));
    }

    #[test]
    fn files_that_do_not_belong_together_are_refused_with_the_file_at_fault() {
        let files = Files::new("bad");
        let refused = |certificate: &str, key: &str| {
            files.write(&(certificate.to_owned(), key.to_owned()));
            let text = files.read().unwrap_err();
            let (certificate, key) = (files.certificate.display().to_string(), files.key.display().to_string());
            text.replace(&certificate, "CERTIFICATE").replace(&key, "KEY")
        };
        let ((certificate, key), (_, other_key)) = (pair(), pair());
        assert_eq!(refused(&certificate, &other_key), "KEY: this is not the key of the certificate in CERTIFICATE");
        assert!(refused(&key, &key).starts_with("CERTIFICATE: there is no certificate in it"));
        assert!(refused(&certificate, &certificate).starts_with("KEY: there is no private key in it"));
        assert!(refused("", &key).starts_with("CERTIFICATE: "));
        let half = &certificate[..certificate.len() / 2];
        assert!(refused(half, &key).starts_with("CERTIFICATE: "), "{}", refused(half, &key));
        assert!(refused(&certificate, &key[..key.len() / 2]).starts_with("KEY: "));
        fs::remove_file(&files.key).unwrap();
        assert!(files.read().unwrap_err().ends_with("there is no such file"));
    }
}

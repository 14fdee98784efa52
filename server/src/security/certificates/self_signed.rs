//! One self-signed certificate. Clients pin it by its hash, so a first try of the server needs no certificate authority.
//!
//! A browser accepts a pinned certificate for WebTransport only if it is ECDSA and valid for at most 14 days
//! (<https://www.w3.org/TR/webtransport/#certificate-hashes>).

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Context;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::{crypto::ring::sign::any_ecdsa_type, pki_types::PrivateKeyDer, sign::CertifiedKey};
use sha2::{Digest, Sha256};

/// A certificate with its key and the times when it was made.
#[derive(Clone, Debug)]
pub(super) struct SelfSigned {
    /// Chain of one certificate and its key, for TLS.
    pub(super) key: Arc<CertifiedKey>,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub(super) sha256: String,
    /// Start of validity, except for [`CLOCK_SKEW`]; by the wall clock.
    pub(super) made: SystemTime,
    /// The same moment by the monotonic clock, since the process started.
    made_running: Duration,
}

/// Validity of a certificate; with [`CLOCK_SKEW`] it stays below the browsers' 14 days.
pub(super) const VALID: Duration = Duration::from_secs(13 * 24 * 3_600);
/// A player's clock may be behind ours by this much.
const CLOCK_SKEW: Duration = Duration::from_secs(3_600);

impl SelfSigned {
    /// A new certificate for this machine, valid from `now`, when the process has run for `running`.
    ///
    /// # Errors
    /// When the key cannot be made, which means that the source of randomness failed.
    pub(super) fn new(now: SystemTime, running: Duration) -> anyhow::Result<Self> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names)?;
        params.not_before = now.checked_sub(CLOCK_SKEW).unwrap_or(now).into();
        params.not_after = (now + VALID).into();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Ricochet, self-signed");
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).context("cannot make a key")?;
        let der = params.self_signed(&key).context("cannot sign the certificate")?.der().clone();
        let sha256 = hex(&Sha256::digest(&der));
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let key = any_ecdsa_type(&key).context("cannot use the key")?;
        Ok(Self { key: Arc::new(CertifiedKey::new(vec![der], key)), sha256, made: now, made_running: running })
    }

    /// Its age by the monotonic clock.
    pub(super) fn age(&self, running: Duration) -> Duration {
        running.saturating_sub(self.made_running)
    }

    /// True if clients accept its dates now. They refuse them if the wall clock is wrong now, or was wrong when the certificate was made.
    pub(super) fn is_valid(&self, now: SystemTime) -> bool {
        let (from, until) = (self.made.checked_sub(CLOCK_SKEW), self.made.checked_add(VALID));
        from.is_none_or(|from| from <= now) && until.is_none_or(|until| now < until)
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_certificate_has_a_hash_of_its_own() {
        let now = SystemTime::now();
        let (one, other) =
            (SelfSigned::new(now, Duration::ZERO).unwrap(), SelfSigned::new(now, Duration::ZERO).unwrap());
        assert_eq!(one.sha256.len(), 64);
        assert_ne!(one.sha256, other.sha256);
    }

    #[test]
    fn browsers_accept_how_long_it_is_valid() {
        assert!(VALID + CLOCK_SKEW <= Duration::from_secs(14 * 24 * 3_600));
    }
}

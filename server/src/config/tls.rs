//! `[tls]`: a certificate of the host's own.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::Wrong;

/// TLS with a certificate of the host's own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// The certificate and those of its authorities up to the root (`fullchain.pem`), the server's own first. Read again when
    /// it changes on disk.
    #[schemars(extend("value" = "FILE", "example" = "/etc/letsencrypt/live/play.example.org/fullchain.pem", "live" = true))]
    pub certificate: Option<PathBuf>,
    /// The private key of the certificate (`privkey.pem`).
    #[schemars(extend("value" = "FILE", "example" = "/etc/letsencrypt/live/play.example.org/privkey.pem", "live" = true))]
    pub key: Option<PathBuf>,
    /// Whether pages and WebSocket use the certificate as well: auto if there is one, off behind a proxy that ends TLS itself.
    #[schemars(extend("value" = "WHEN"))]
    pub http: TlsHttp,
    /// Seconds that browsers are told to come by https only (HSTS), where this server ends TLS itself; 0 tells nothing.
    #[schemars(range(max = HSTS_SECS_MAX), extend("value" = "SECONDS", "live" = true))]
    pub hsts_secs: u32,
}

/// Whether the HTTP listener speaks TLS.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TlsHttp {
    /// If there is a certificate.
    #[default]
    Auto,
    /// Never.
    Off,
}

/// Two years, what browsers' own lists of hosts ask for.
const HSTS_SECS_MAX: u32 = 63_072_000;

impl Tls {
    /// Certificate and key, if there are.
    pub fn files(&self) -> Option<(&PathBuf, &PathBuf)> {
        self.certificate.as_ref().zip(self.key.as_ref())
    }

    /// Whether the HTTP listener speaks TLS.
    pub fn serves_http(&self) -> bool {
        self.http == TlsHttp::Auto && self.files().is_some()
    }

    pub(super) fn check(&self) -> Result<(), Wrong> {
        match (&self.certificate, &self.key) {
            (Some(_), None) => Err(Wrong::new("key", "not set", "tls.certificate needs its key")),
            (None, Some(_)) => Err(Wrong::new("certificate", "not set", "tls.key needs its certificate")),
            (Some(_), Some(_)) | (None, None) => Ok(()),
        }
    }
}
